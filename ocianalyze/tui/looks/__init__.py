"""How things look: the marks of states, text in cells, contents of panes, themes."""
