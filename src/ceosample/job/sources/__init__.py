"""Where responses and letters' contents come from: CSV, Parquet, a query, a mail merge.

It imports ``month``.
"""
