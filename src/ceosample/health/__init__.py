"""How a population's sign-off stands, for a monitor: what waits, what is late, what is missing."""
