"""Layers added up: union trees, changes and waste. Pure functions of an Image, which open nothing."""
