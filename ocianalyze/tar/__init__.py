"""The tar format, ours: headers, extended headers, sparse maps, members; bytes to entries and back."""
