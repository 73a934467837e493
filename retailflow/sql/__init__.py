"""Plans: what a load does, built once from the model and printed for each engine."""
