"""Running here: topic files and extracts through the generated load, on an embedded warehouse or a PostgreSQL."""
