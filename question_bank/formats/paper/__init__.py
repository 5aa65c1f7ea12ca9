"""The grammar of Vietnamese question papers: parts, questions, options, statements, keys, solutions (vietnam.md 6.2)."""
