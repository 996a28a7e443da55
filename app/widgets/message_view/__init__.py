"""The message view: a long conversation, laid out only where it is looked at."""
