"""The statistics of a run: pure functions that give an estimate, a test, or the reason why not."""
