"""`retailflow schema`."""


def schema() -> None:
    """To come."""
