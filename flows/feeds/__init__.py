"""The feed list: reads, checks, extends, imports and exports it; fetching/ gets the feeds.

Start with feed_list.py.
"""
