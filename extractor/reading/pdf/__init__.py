"""PDFs through PDFium: words, lines, form fields, check boxes drawn as shapes."""
