"""Opening what a student has handed in: the zip file of a guided lab, or of a run."""
