"""Backfill: load archives and re-read stored articles. Replay: run passes on old news.

Start with backfill.py.
"""
