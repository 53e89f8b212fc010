"""What a person types, a module a group of commands.

Start with cli.py.
"""
