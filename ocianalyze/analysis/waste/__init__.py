"""Bytes that layers store and the final image does not show, and what to do about them."""
