"""Invented documents with exact gold metadata, and the script that makes them."""
