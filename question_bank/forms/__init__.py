"""Sample forms: source, keys, pictures and the script that draws them."""
