"""Worker processes that extract, on this machine or a Dask cluster, and the leases of workers.

Start with extract_workers.py; leases.py and turns.py are about several workers on one warehouse.
"""
