"""Layer 5: the evidence pack, and its verification."""
