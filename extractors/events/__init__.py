"""What the lexicon finds in a parsed sentence: candidates with their evidence and arguments.

Start with policy_events.py; extractors/reading/decide.py weighs it against the encoder.
"""
