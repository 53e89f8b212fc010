"""The commands of `policywire`, one module per group of commands.

`policywire` starts in start.py; read cli.py first.
"""
