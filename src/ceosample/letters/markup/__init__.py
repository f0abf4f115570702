"""A template and a language become a tree of a closed set of tags, and the tree becomes text.

It imports ``contents`` and ``regimes``.
"""
