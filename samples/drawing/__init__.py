"""Blocks a document is made of, and their renderers for PDF and DOCX."""
