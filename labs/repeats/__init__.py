"""The same question asked again and again, at several temperatures."""
