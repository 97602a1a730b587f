"""Lists of open cases for each supervisor, as files."""
