"""The nouns of PolicyWire: records, enumerations, reference data and errors.

Imports nothing but the standard library, so that every other folder can use them.
"""
