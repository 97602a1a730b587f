"""Arimo, the font of charts and documents, so that they look alike on every machine.

Arimo is as wide as Arial, letter by letter, and has every letter of the Latin, Greek and Cyrillic
alphabets; older fonts of other names that machines have lack some (the Vietnamese ones, for
instance). Its licence, the SIL Open Font License, stands beside it.
"""

from pathlib import Path

#: Where the font files are.
FOLDER = Path(__file__).parent
