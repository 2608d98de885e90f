"""What differs between two images: trees, layers, settings, steps."""
