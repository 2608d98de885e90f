"""Checks of what an image could do without, one object each, and the bytes that squashing its layers would save."""
