"""How a search compares texts, in Python and in the browser alike."""

from __future__ import annotations

#: A text in the records, and the text that is compared.
CASES = {
    "Łódź": "lodz",
    "ŁÓDŹ": "lodz",
    "José Nuñez": "jose nunez",
    "Jose\u0301": "jose",
    "Ørsted": "orsted",
    "Straße": "strasse",
    "STRAẞE": "strasse",
    "Đorđe": "dorde",
    "Diyarbakır": "diyarbakir",
    "İstanbul": "istanbul",
    "Þórður Æði": "thordur aedi",
    "Œuvre": "oeuvre",
    "Ħamrun": "hamrun",
    "ﬁre": "fire",
    "Ｆｉｒｅ": "fire",
    "ΟΔΥΣΣΕΥΣ Οδυσσεύς": "οδυσσευσ οδυσσευσ",
    "Ёлкин": "елкин",
    "O’Brien–Smith": "o'brien-smith",
    "soft\u00adhyphen": "softhyphen",
    "山田": "山田",
    "A-17 (x)": "a-17 (x)",
    "": "",
}
#: Letters of which both sides must think the same, one by one.
LETTERS = [chr(code) for code in (*range(0x20, 0x530), *range(0x1E00, 0x2020))]
