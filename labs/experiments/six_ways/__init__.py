"""One yes/no question in six wordings, within seconds."""
