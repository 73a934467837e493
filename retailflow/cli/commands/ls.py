"""`retailflow ls`."""


def ls() -> None:
    """To come."""
