"""What the screens draw, as plain values: paths in columns, views of a layer, rows, filters. Knows no Textual."""
