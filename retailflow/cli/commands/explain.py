"""`retailflow explain`."""


def explain() -> None:
    """To come."""
