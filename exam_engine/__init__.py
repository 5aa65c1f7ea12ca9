"""Who may sit, the attempt, its record, the marks."""
