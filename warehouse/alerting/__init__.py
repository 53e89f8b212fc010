"""Rules asked of developments, and the outbox.

Start with alerts.py.
"""
