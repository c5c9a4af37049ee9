"""OCR engines: one module each, one line in `registry.ENGINES`."""
