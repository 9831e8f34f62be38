"""Files made of a run: figures, tables, and whatever else the table of exports lists."""
