"""One module a format: each lays out the values that it is given."""
