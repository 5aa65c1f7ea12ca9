"""Protocols that open the chip."""
