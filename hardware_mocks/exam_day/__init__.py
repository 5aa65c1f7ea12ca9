"""One whole exam day on this machine: node, PC/SC daemon, cards, stations, robots that sit the test, and the report."""
