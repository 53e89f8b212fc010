"""Prefect, httpx, the clock and the command line."""
