"""Learning from approved documents.

`training.train` makes a `model.TypeModel`, `library` keeps the models and knows which one reads a type.
"""
