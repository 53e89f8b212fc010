"""Running it for years: the schedules, their server, status, alarms, metrics.

Start with serve.py.
"""
