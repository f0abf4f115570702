"""Files that an office fills in: decisions (JSON, CSV), the older tracker and its import. It
imports ``recording`` and what that imports.
"""
