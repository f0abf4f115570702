"""Excel workbooks: read as the cells that people see, written as text and whole numbers."""
