"""Listings, the output of commands on files, paths and steps: rows, and how they are laid out for people."""
