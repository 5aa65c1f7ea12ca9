"""The steps of the inspection procedure, one module each; `reader.inspection` is their list."""
