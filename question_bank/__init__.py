"""Items, forms and their formulas."""
