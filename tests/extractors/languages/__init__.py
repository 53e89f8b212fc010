"""Tests of extractors.languages."""
