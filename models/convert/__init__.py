"""Makes an MLX folder of a GGUF file: weights tensor by tensor, config and tokenizer from its keys.

`convert.py` starts it in a process of its own, `child.py` is that process. What a kind of model
is called on both sides stands in `kinds.py`; the tests hold every kind against llama.cpp.
"""
