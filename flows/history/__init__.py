"""Backfill of archives and replay of what happened before.

Start with backfill.py.
"""
