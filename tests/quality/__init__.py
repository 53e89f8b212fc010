"""Scores of extraction against labelled text, with floors that only rise."""
