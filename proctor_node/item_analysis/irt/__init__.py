"""Item response models: one engine for all divide-by-total models, one family for the three-parameter model."""
