"""A customer dimension of type 2, kept by retailflow, by hand-written SQL and by others: a process for each batch."""
