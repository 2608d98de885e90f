"""Tests of what takes files out of images: queries, extraction, export, conversion, verification."""
