"""Floor 4: a small result table in, an altair chart out."""
