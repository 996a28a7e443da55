"""Writes GGUF files again with other weight types, each in a process of its own."""
