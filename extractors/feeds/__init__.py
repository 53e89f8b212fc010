"""Feeds, pages and archives to entries and articles.

Start with parse.py.
"""
