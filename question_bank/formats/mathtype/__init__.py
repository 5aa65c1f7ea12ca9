"""MathType and Equation Editor formulas inside Word: OLE object, MTEF records, LaTeX."""
