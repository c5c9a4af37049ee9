"""The types that everyone passes on, messages, errors, the data folder. Imports nothing of the package."""
