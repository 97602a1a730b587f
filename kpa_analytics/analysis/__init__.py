"""Layer 3: pure functions, frames in, frames out."""
