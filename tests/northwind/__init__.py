"""A retailer of the nineties, for real: specs, and a driver that is given the data."""
