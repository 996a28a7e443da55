"""What is asked: sets of items, the formats that tell them, the checks that keep them honest."""
