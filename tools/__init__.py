"""Commands of the repository that write generated pages; not part of the package."""
