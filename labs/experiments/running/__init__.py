"""Asking a plan of trials, each kept at once."""
