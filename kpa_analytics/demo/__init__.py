"""A wing of its own: the simulated API, and the organisation it serves."""
