"""Paths looked for and followed: patterns, predicates, history, duplicates."""
