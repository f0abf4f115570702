"""``python -m ceosample``: the command."""

from ceosample.cli import main

if __name__ == "__main__":
    main()
