"""OCR: page pictures made even and upright (deskew), read by an engine, ruled lines and check boxes from pixels."""
