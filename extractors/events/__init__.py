"""Sentences to event mentions: gates, candidates, arguments, factuality.

Start with assemble.py.
"""
