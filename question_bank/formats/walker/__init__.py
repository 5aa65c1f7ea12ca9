"""The second walker: counts what a source holds with the standard library alone, and compares it with what was taken in.

It shares no code with the readers, so that a reader cannot hide its own mistake.
"""
