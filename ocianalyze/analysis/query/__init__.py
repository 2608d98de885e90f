"""Questions about paths: globs, conditions, history, duplicates, sizes."""
