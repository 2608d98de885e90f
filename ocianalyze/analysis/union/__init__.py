"""Layers replayed into union trees that share what they do not change."""
