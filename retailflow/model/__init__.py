"""The model: total and frozen; nothing optional a target must guess, nothing left to look up."""
