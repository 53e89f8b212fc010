"""Mentions, developments, measures and rulings on them.

Start with events.py.
"""
