"""What teachers do on the node: the bank, its editor, imports, blueprints. Documents for pages; nothing here knows HTTP."""
