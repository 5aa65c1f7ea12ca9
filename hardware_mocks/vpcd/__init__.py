"""Virtual readers: a private PC/SC daemon in its own network namespace, and the cards on its readers."""
