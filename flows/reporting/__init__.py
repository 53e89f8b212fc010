"""The report: the views as a folder of web pages, with feeds and a calendar beside them.

Start with site.py.
"""
