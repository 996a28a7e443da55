"""A lab sheet beside any page: read, answer where it is asked, keep what the page shows."""
