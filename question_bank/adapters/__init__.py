"""Where the question bank touches the world: the formula engine, rasteriser, files."""
