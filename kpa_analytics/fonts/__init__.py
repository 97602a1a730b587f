"""The letters that charts and documents fall back to where a machine lacks Arial.

Liberation Sans is as wide as Arial, letter by letter. Its licence, the SIL Open Font License,
stands beside it.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
