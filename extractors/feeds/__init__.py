"""Bytes to feed entries to articles.

Start with parse.py.
"""
