"""Experiments: choose a lab, set it up, watch it run, read what it shows."""
