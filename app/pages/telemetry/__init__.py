"""The Telemetry page: the machine, what its models do to it, and how fast they can be."""
