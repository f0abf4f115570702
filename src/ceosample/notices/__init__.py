"""What staff and the public are told of the sign-off: one page of figures that anyone can check."""
