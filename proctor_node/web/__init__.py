"""HTTPS: the exchange for stations, pages and acts for people."""
