"""Trials as tables, and the numbers and charts that every experiment shares."""
