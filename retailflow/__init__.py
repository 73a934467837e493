"""One YAML file per source table in, everything that carries it to a star schema out."""

__version__ = "0.1.0"
