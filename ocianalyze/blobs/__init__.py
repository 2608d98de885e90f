"""The bytes of one blob: ranges of a file, digests, compression."""
