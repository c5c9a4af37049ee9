"""Ruled tables and which words stand in which cell."""
