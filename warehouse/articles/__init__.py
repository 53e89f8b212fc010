"""Feeds, their ledger and articles: stored, told apart, searched, dropped.

Start with articles.py.
"""
