"""Contents and a template become letters, and letters become what is read and signed."""
