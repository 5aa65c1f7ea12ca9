"""Item analysis: pure statistics on a table of responses. Definitions and their sources: docs/formats/analysis.md."""
