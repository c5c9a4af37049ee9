"""One module a family of documents; each has `samples()`."""
