"""The log of runs, leases, checks, backups and exports.

Start with runs.py.
"""
