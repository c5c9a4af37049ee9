"""What the faces (pages, command line, functions) do: intake, runs, review, background OCR, printed pages."""
