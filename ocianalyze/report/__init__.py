"""Presenters over one result model: each format lays out what it is given."""
