"""The feed list: read, checked, extended, imported and exported.

Start with feed_list.py.
"""
