"""The logical data structure: one module for each elementary file (Doc 9303-10)."""
