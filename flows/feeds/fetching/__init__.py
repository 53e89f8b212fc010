"""Polite GET of feeds and pages, and the processes that read what came.

Start with fetch.py.
"""
