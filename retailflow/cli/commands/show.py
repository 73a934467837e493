"""`retailflow show`."""


def show() -> None:
    """To come."""
