"""Where images are kept: each kind of source opens one, once."""
