"""The commands of `policywire`, one module per group of commands.

Start with cli.py.
"""
