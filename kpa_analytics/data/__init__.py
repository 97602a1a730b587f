"""Layer 2: from pages to verified frames."""
