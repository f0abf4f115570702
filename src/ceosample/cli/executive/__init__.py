"""Commands of the executive's office: words, cases, notices, seals; only `cli` imports them."""
