"""The ledger of passes, leases, checks, backups, exports.

Start with runs.py.
"""
