"""The bench: emulated chip, issuing state, cameras, network, the demonstration day."""
