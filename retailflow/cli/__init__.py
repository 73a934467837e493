"""The command line: one module a command, in `commands`; `app` puts them together."""
