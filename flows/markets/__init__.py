"""Listings, prices, sessions and the event study.

Start with securities.py.
"""
