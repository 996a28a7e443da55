"""Run folders as the window lists them: those of this home, and those linked from elsewhere."""
