"""The terminal user interface: draws an Analysis, and computes nothing about images."""
