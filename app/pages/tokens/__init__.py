"""The Tokens page: a text through tokenizers, and a chat as what is really sent."""
