"""Feeds, the log of their fetches, and articles: storage, identity, search, retention.

Start with articles.py.
"""
