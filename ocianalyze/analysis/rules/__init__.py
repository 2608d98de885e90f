"""The rules that an image can be held to, one object each, and the judge of them."""
