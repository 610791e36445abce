"""The vision family's tabs."""
