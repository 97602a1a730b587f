"""Arimo, the font of charts and documents, so that they look the same on every machine.

Arimo is as wide as Arial, letter by letter, and has every letter of the Latin, Greek and Cyrillic
alphabets. Some fonts that machines have lack some of these letters, for example the Vietnamese
ones. Its licence, the SIL Open Font License, is in the same folder.
"""

from pathlib import Path

#: Where the font files are.
FOLDER = Path(__file__).parent
