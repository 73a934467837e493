"""`python -m retailflow` is `retailflow`."""

from retailflow.cli.app import main

if __name__ == "__main__":
    main()
