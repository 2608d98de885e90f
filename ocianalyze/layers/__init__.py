"""How one layer is read, wherever it is kept: its entries in one pass, and the contents of its files."""
