"""Where the node touches the world: database, files, TLS, spreadsheets."""
