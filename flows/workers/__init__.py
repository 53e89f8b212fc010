"""Processes that extract, on this machine or a Dask cluster, and the leases they work under.

Start with extract_workers.py.
"""
