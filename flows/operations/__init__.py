"""Long-term operation: the schedules, their Prefect server, status, alarms, metrics.

Start with serve.py.
"""
