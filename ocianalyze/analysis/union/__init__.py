"""Layers replayed into union trees, which share all nodes that a layer leaves as they are."""
