"""PDFs are set: typesetting, fonts, paper, what cannot be printed. It imports ``child_process``."""
