"""Is a person sitting there, now? A random challenge, watched frame by frame; every failure goes to a person (face.md 5)."""
