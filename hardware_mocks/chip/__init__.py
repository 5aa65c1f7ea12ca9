"""An emulated eMRTD with its own cryptography; it shares no code with `reader` (docs/adr/0010)."""
