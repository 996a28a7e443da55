"""The steps of `start.py`: standard library only, run by the system's Python, not installed."""
