"""What every other folder uses: settings, clock, logs, progress bars, the screen.

Start with settings.py.
"""
