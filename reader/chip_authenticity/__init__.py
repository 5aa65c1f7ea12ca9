"""Whether the chip is the one that the state issued, and no copy."""
