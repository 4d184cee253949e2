"""One spelling for a name in any script: Cyrillic of Mongolian, Russian, Ukrainian and Serbian into plain Latin.

The table follows MNS 5217:2012 and ICAO Doc 9303 where they agree. Where transliterations differ from each other
(kh/h, zh/j, y/i, doubled letters) both sides are brought to one form, because the key serves searching, not showing.
"""

import re
import unicodedata

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "io", "ж": "j", "з": "z", "и": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ү": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
    "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "і": "i", "ї": "i", "є": "ie", "ґ": "g", "ў": "u",
    "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "ѓ": "g", "ќ": "k", "ѕ": "dz",
}  # fmt: skip
_LATIN = {"ß": "ss", "ł": "l", "đ": "dj", "ø": "o", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"}
_TABLE = str.maketrans(_CYRILLIC | _LATIN)
_SAME_SOUND = (("zh", "j"), ("kh", "h"), ("y", "i"))
_DOUBLED = re.compile(r"([a-z])\1+")

#: Letters that look alike in Cyrillic and Latin capitals, as they stand on number plates and papers.
_LOOK_ALIKE = str.maketrans("АВЕЁКМНОРСТУХІЈЅӨҮ", "ABEEKMHOPCTYXIJSOY")


def letters() -> dict[str, str]:
    """Return what each letter becomes in `folded`, for whoever folds elsewhere by the same table."""
    return _CYRILLIC | _LATIN


def same_sounds() -> tuple[tuple[str, str], ...]:
    """Return the spellings of one sound that `folded` brings together, in order."""
    return _SAME_SOUND


def folded(text: str) -> str:
    """Return a text as words of plain letters and digits: no case, accents or punctuation, Cyrillic as Latin."""
    plain = _stripped(unicodedata.normalize("NFKC", text).casefold()).translate(_TABLE)
    for spelling, key in _SAME_SOUND:
        plain = plain.replace(spelling, key)
    return " ".join("".join(c if c.isalnum() else " " for c in _undoubled(plain)).split())


def code(text: str) -> str:
    """Return a plate or serial number without blanks and signs, look-alike letters of both scripts as one."""
    capitals = unicodedata.normalize("NFKC", text).upper().translate(_LOOK_ALIKE)
    plain = _stripped(capitals.lower()).translate(_TABLE)
    return "".join(c for c in plain if c.isalnum())


def digits(text: str) -> str:
    """Return the digits of a telephone number, without the international prefix 00."""
    found = "".join(str(unicodedata.digit(c)) for c in text if unicodedata.digit(c, None) is not None)
    return found[2:] if found.startswith("00") else found


def _stripped(text: str) -> str:
    """Take accents away, but keep the breve of й: it is a letter of its own."""
    kept = text.replace("й", "\ue000").replace("ё", "\ue001").replace("ї", "\ue002")
    bare = "".join(c for c in unicodedata.normalize("NFKD", kept) if not unicodedata.combining(c))
    return bare.replace("\ue000", "й").replace("\ue001", "ё").replace("\ue002", "ї").casefold()


def _undoubled(text: str) -> str:
    return _DOUBLED.sub(r"\1", text)
