"""How fast a model reads and writes on this machine, and how fast it could be at most."""
