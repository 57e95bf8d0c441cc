"""How long a declared figure may be."""

DIGITS = 15  # of a quantity, weight or value, those behind the point among them: each database keeps so many exactly
