"""The values that the screens draw: paths in columns, views of a layer, rows, filters. No Textual."""
