"""The Quantization page: make smaller files of a model, and measure what that costs."""
