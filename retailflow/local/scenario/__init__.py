"""Scenarios: change events in batches, and the rows of the star that must come of them, on the generated load.

files      which files are meant
read       a file -> a scenario, with findings for all that is wrong with it
setting    the project it plays in
events     what arrives, one entry after the other
wire       an entry -> the record of a topic
encode     a value as a person writes it -> the value on the wire
expected   the rows of the star, typed
variants   the same events delivered otherwise
stage      a warehouse that is used again and again
play       one delivery, load by load, and the star that came of it
compare    rows wanted against rows there
judge      whether a scenario holds
"""
