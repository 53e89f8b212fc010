"""What every room uses: settings, clock, cadence, logs, progress, the screen.

Start with settings.py.
"""
