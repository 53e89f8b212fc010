"""Mentions, developments, measures, and review decisions about them.

Start with events.py.
"""
