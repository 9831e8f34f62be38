"""What the panels' pictures are made of: plots, ranges, contours, colour tables, marks."""
