"""Word files (.docx): the package, its runs, its formulas, and the lines that a paper is made of."""
