"""The tabs of the transformer family: encoder, BERT, GPT."""
