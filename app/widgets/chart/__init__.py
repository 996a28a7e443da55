"""A chart of a result, drawn as its report draws it."""
