"""The rows of the report's pages, read from the views of the snapshot.

Start with report_rows.py.
"""
