"""Layer 1: talks to the vendor's API."""
