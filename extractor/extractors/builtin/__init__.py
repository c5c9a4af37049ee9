"""The built-in extractor: rules and, where approved documents taught a type, a learned model (`learned`)."""
