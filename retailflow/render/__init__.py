"""Text for people and for files."""
