"""The terminal user interface, which draws an Analysis and computes nothing about images."""
