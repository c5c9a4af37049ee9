"""The field tree: all fields' values as branches of one packed sequence over one KV cache."""
