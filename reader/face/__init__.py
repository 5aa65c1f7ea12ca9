"""Portrait and live face: quality, comparison, and what the similarity stands for."""
