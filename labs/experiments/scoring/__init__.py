"""From what an engine said of a prompt to outcomes, lane by lane."""
