"""The chat page: talk with a model, see what was sent and where it was unsure."""
