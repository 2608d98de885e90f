"""Contents of files: versions of a path, pages of bytes, their format, listings of archives, differences."""
