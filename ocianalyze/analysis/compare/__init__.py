"""The differences of two images: trees, layers, settings, steps."""
