"""The architectures, one a file, each to be read alone from top to bottom."""
