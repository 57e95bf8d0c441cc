"""Made files of evidence with planted faults, to measure whether the checks find them.

Nothing here is shared with the readers, the understanding or the rules: the papers are thought up, written and drawn
by this package alone. Firms, lots and numbers are invented.
"""
