"""Links mentions to developments, and developments to measures.

Start with link.py.
"""
