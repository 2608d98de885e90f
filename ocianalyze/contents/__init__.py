"""The bytes of files back out of the layers of an image."""
