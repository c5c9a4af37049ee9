"""Files into `Document`s. A format is a module with `read(data, name) -> Document` and a line in `formats.FORMATS`."""
