"""Qt Quick screens; each draws one view and emits intents."""
