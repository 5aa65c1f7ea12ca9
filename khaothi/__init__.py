"""Launcher of the command line; imports no product package."""
