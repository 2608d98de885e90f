"""Bytes that layers store and the final image does not show: as they are, and as dive counts them."""
