"""What is printed: lists, score tables, slips and minutes, as HTML that `proctor_node.adapters.pdf` turns into PDF.

Pages carry candidate numbers, names and dates of birth where the form asks for them, never a card number.
"""
