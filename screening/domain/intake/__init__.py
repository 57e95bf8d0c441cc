"""From the cells of somebody's spreadsheet to shipments, lines and parties: what each cell means, and what is wrong with it."""
