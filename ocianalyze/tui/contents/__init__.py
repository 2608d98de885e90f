"""What is inside files: versions of a path, pages, what kind of bytes they are, listings, diffs, saving."""
