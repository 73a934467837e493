"""Topic files: where they are, how far they were taken, and the records in their lines."""
