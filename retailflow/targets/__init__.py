"""What is generated: a target is a function from a project to files."""
