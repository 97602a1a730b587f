"""Plan the sessions that keep people trained."""
