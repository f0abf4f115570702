"""Commands about letters: record, correct, erase, render again; ``cli`` alone imports them."""
