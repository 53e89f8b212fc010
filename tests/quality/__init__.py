"""Scores of extraction on labelled text, with floors that only rise."""
