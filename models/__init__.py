"""Records, enumerations, reference data and errors.

Imports only the standard library, so that every other folder can use it.
"""
