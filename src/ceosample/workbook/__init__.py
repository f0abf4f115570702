"""Excel workbooks: read as the cells that people see, written as text and whole numbers.

The reader is our own, over the parts that hold a table, and needs no other package. It has limits
on what a file unpacks to, reads Strict as well as Transitional, and knows what a number's format
shows. openpyxl 3.1.5 and python-calamine have none of these three together (see ``findings/``).
openpyxl writes. The room imports the ground alone.
"""
