"""One module a command, each with a function of the module's name; none imports the app."""
