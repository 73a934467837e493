"""What a platform would refuse or silently misread of SQL, found in the text: rules with the page each comes from."""

from retailflow.verify.lint import lint

__all__ = ["lint"]
