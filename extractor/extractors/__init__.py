"""Extractors: built-in rules, local models, cloud models, hybrid. `registry.create_extractor` makes one by its key."""
