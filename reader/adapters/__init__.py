"""Where the reader touches the world."""
