"""The verifier in a browser: one page that draws again from a month's files, without Python."""
