"""Rules, the outbox and the channels that notices go out on.

Start with rounds.py.
"""
