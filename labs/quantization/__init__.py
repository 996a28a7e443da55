"""What a quantization costs: two or more files of one model over the same text, in lock-step."""
