"""What the events come to: states, one letter's history, valid events, people, seeds, past sign-
offs. It writes nothing, and imports ``store`` alone.
"""
