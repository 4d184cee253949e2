"""Translations compile without the gettext programs, into what Python's own reader understands."""

from __future__ import annotations

import gettext
from io import BytesIO
from pathlib import Path

import pytest

from scripts.compile_messages import BadCatalogue, compiled

CATALOGUE = r"""
# Translators: a comment.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2);\n"

#: a/place.py:7
msgid "Report"
msgstr "Донесение"

msgctxt "verb"
msgid "Report"
msgstr "Донести"

msgid "%d task"
msgid_plural "%d tasks"
msgstr[0] "%d задача"
msgstr[1] "%d задачи"
msgstr[2] "%d задач"

#, fuzzy
msgid "Guess"
msgstr "Догадка"

msgid ""
"A long "
"sentence with \"quotes\"\n"
msgstr "Ө "
"Ү"
msgid "Untranslated"
msgstr ""

msgid "half"
msgid_plural "halves"
msgstr[0] "половина"
msgstr[1] ""

#~ msgid "Old"
#~ msgstr "Старое"
"""


@pytest.fixture
def translations(tmp_path: Path) -> gettext.GNUTranslations:
    path = tmp_path / "django.po"
    path.write_text(CATALOGUE, encoding="utf-8")
    return gettext.GNUTranslations(BytesIO(compiled(path)))


def test_plain_message_and_context(translations: gettext.GNUTranslations) -> None:
    """The same word in another context is another message."""
    assert translations.gettext("Report") == "Донесение"
    assert translations.pgettext("verb", "Report") == "Донести"


@pytest.mark.parametrize(("number", "expected"), [(1, "%d задача"), (2, "%d задачи"), (11, "%d задач")])
def test_plural_forms(translations: gettext.GNUTranslations, number: int, expected: str) -> None:
    """All forms of a plural arrive, by the rule of the header."""
    assert translations.ngettext("%d task", "%d tasks", number) == expected


def test_continued_lines_and_escapes(translations: gettext.GNUTranslations) -> None:
    """A message may go over several lines."""
    assert translations.gettext('A long sentence with "quotes"\n') == "Ө Ү"


@pytest.mark.parametrize("message", ["Guess", "Untranslated", "Old"])
def test_unfinished_messages_are_left_out(translations: gettext.GNUTranslations, message: str) -> None:
    """A guess, a blank and a retired message all show the original."""
    assert translations.gettext(message) == message


def test_half_translated_plural_is_left_out(translations: gettext.GNUTranslations) -> None:
    """A plural with a missing form would show nothing at all for some numbers."""
    assert translations.ngettext("half", "halves", 2) == "halves"


@pytest.mark.parametrize("line", ["msgid no quotes", 'msgid "open', 'msgwrong "x"', 'msgid "bad \\xZZ"'])
def test_bad_line_is_named(tmp_path: Path, line: str) -> None:
    """The error names file and line."""
    path = tmp_path / "django.po"
    path.write_text(f'msgid "a"\nmsgstr "b"\n\n{line}\n')

    with pytest.raises(BadCatalogue, match=r"django\.po:4"):
        compiled(path)
