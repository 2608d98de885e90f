"""Two images compared on screen."""
