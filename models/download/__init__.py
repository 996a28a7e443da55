"""Models from the Hugging Face hub, fetched by a process of its own into the hub's own cache."""
