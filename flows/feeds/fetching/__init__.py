"""Polite GET of feeds and article pages, and the processes that read them.

Start with fetch.py.
"""
