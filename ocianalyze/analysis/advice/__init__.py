"""Advice on how to change an image, and the bytes that squashing its layers would save."""
