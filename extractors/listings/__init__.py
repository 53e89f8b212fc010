"""Company names, ticker tags and commodities to listings.

Start with affected.py.
"""
