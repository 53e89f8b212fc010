"""Readable text: charset, language, sentences, numbers, dates.

Start with readable.py.
"""
