"""The pass and everything around it: Prefect, HTTP, the clock, the command line.

Read ingest.py, extract.py and alert.py in this order to follow a headline to the desk.
"""
