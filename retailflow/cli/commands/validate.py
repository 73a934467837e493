"""`retailflow validate`."""


def validate() -> None:
    """To come."""
