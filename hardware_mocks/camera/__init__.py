"""Cameras of the bench: stills, and people and attacks made to move before the camera."""
