"""Fingerprints of justifications: the log tells that the same words were given again, and not which words."""

import unicodedata
from uuid import UUID

from openilp.safeguards import keys

_DIGITS = 16


def fingerprint(words: str, user: UUID) -> str:
    """Return a short keyed hash of words as one account gives them.

    Capitals, blanks and punctuation do not count. Without the key of the installation nobody can try out words on it,
    and the same words of two accounts do not meet.
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", words).casefold() if sign.isalnum())
    text = f"justification|{user}|{plain}".encode()
    return keys.keyed(text).hex()[:_DIGITS]
