"""Names, tags and commodities to listings.

Start with affected.py.
"""
