"""Special categories of data (Directive (EU) 2016/680 Art. 10): words that touch them, and where they stand in a text.

A list of beginnings of words knows no context. It finds too much and too little; what it finds, a person judges.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from openilp.reference.fields import Fields
from openilp.reference.values import Head, Value, Vocabulary, read_values


@dataclass(frozen=True)
class SpecialCategory(Value):
    """Hold the words of one special category.

    Attributes:
        words: Entries of all languages, folded.
        pattern: What finds them in a folded text.
    """

    words: tuple[str, ...]
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Passage:
    """Where a text touches a special category.

    Attributes:
        code: Code of the category.
        start: Offset of its first letter.
        end: Offset behind its last letter.
    """

    code: str
    start: int
    end: int


def read_special(fields: Fields, head: Head) -> Vocabulary[SpecialCategory]:
    """Read a list of special categories.

    Raises:
        InvalidReferenceFile: If a category has no words.
    """
    return read_values(fields, head, _category)


def _category(fields: Fields, value: Value) -> SpecialCategory:
    languages = fields.inner("words")
    words = [
        word.casefold()
        for name in ("en", "ru", "mn")
        if languages.has(name)
        for word in languages.texts(name)
    ]
    languages.close()
    if not words:
        raise fields.refuse("words", "a category needs words in en, ru or mn")
    excepted = tuple(word.casefold() for word in fields.texts("except", optional=True))
    return SpecialCategory(**vars(value), words=tuple(words), pattern=_pattern(words, excepted))


def _pattern(words: Collection[str], excepted: Collection[str]) -> re.Pattern[str]:
    barred = f"(?!{'|'.join(map(re.escape, excepted))})" if excepted else ""
    # The longest first, so that a phrase is marked whole.
    found = "|".join(_entry(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"\b{barred}(?:{found})")


def _entry(entry: str) -> str:
    """Return the pattern of an entry: each of its words is a beginning, or whole with an exclamation mark."""
    parts = [
        re.escape(word[:-1]) + r"\b" if word.endswith("!") else re.escape(word) + r"\w*"
        for word in entry.split()
    ]
    return r"\s+".join(parts)


def passages(text: str, categories: Vocabulary[SpecialCategory]) -> tuple[Passage, ...]:
    """Return the passages of a text that touch a special category, in reading order, none inside another.

    Args:
        text: Any text, in any case.
        categories: The list to look with.
    """
    # Folding may lengthen a text (ß becomes ss); offsets must stay those of the text, so it is lowered sign by sign.
    lowered = "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)
    found = [
        Passage(each.code, *match.span())
        for each in categories.values
        for match in each.pattern.finditer(lowered)
    ]
    kept: list[Passage] = []
    for passage in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or passage.start >= kept[-1].end:
            kept.append(passage)
    return tuple(kept)


def struck(text: str, categories: Vocabulary[SpecialCategory], allowed: Collection[str] = ()) -> str:
    """Return a text with each passage of a category that is not allowed replaced by a visible mark.

    Args:
        text: Any text.
        categories: The list to look with.
        allowed: Codes of the categories that may stay.
    """
    parts, at = [], 0
    for passage in passages(text, categories):
        if passage.code not in allowed:
            parts += [text[at : passage.start], f"[struck: {categories.value(passage.code).label}]"]
            at = passage.end
    return "".join(parts) + text[at:]
