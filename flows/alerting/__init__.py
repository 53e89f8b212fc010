"""Alert rules, and the delivery of notices through channels.

Start with rounds.py.
"""
