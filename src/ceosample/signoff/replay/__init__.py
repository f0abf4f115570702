"""What the events come to: states, histories, valid events, people, seeds, past sign-offs.

It writes nothing. It imports ``store``.
"""
