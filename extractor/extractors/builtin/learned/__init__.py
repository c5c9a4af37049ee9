"""What approved documents taught the built-in extractor: models of plain numbers, applied without a library."""
