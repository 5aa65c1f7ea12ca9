"""Rosters: from the tables that schools send to candidates with numbers, rooms, seats and forms (vietnam.md sections 3, 5, 6)."""
