"""Securities, prices and the event study.

Start with securities.py.
"""
