"""What a model reads: a text as the tokens of any tokenizer, and a chat as what is really sent."""
