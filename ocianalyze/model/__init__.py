"""The nouns of the image specification and of tar layers, as frozen values. Reads no bytes."""
