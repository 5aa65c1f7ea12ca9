"""One module an interaction; marks are Decimals from the profile's tables."""
