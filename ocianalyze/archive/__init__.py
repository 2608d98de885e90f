"""Bytes in, Image out. The only floor that opens files."""
