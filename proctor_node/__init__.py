"""The central proctor node."""
