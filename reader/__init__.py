"""A person at a desk: chip card, portrait, live face, as facts."""
