"""Mentions to developments of measures.

Start with link.py.
"""
