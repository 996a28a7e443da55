"""Two sources of one tokenizer: do they cut alike, and if not, why?"""
