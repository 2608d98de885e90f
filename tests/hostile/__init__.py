"""Attacks within the default limits, each watched from outside."""
