"""From the cells of somebody's spreadsheet to shipments, lines and parties, and what is wrong with a cell."""
