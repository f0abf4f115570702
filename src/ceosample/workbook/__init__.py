"""Excel workbooks: read as the cells that people see, written as text and whole numbers.

It stays our own around openpyxl. That opens a Strict workbook as one without sheets (3.1.5, see
``findings/``) and has no limits on what a file unpacks to. It imports the ground alone.
"""
