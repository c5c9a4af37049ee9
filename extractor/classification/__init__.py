"""Which document type a document is, its title, and where a binder (several forms in one file) is to be cut."""
