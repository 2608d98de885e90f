"""What an image is held to, and how it is judged."""
