"""What to change in an image, and what squashing its layers would save."""
