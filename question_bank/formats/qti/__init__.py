"""QTI 2.1, 2.2 and 3.0: items and packages in, QTI 3.0 packages out (1EdTech QTI ASI information model)."""
