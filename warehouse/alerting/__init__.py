"""Alert rules applied to developments, and the outbox of notices.

Start with alerts.py.
"""
