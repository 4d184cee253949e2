"""Texts: each one that a page may show stands in the catalogues, and the translations fit their places."""

import re
from pathlib import Path

import pytest

from scripts import compile_messages, extract_messages

LANGUAGES = sorted(extract_messages.LANGUAGES)


def test_every_text_stands_in_every_catalogue() -> None:
    """A new text is collected with it: python scripts/extract_messages.py [ADM-02]."""
    assert extract_messages.stale(extract_messages.collected()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_the_places_of_its_text(language: str) -> None:
    """What is filled in English is filled in the translation; otherwise the page would break."""
    entries = list(compile_messages.entries(extract_messages.catalogue_of(language)))
    assert len(entries) > 1000
    for entry in entries:
        text = entry.parts["msgid"]
        if not text or not entry.text():
            continue
        wanted = [_places(text), _places(entry.parts.get("msgid_plural", text))]
        for form in entry.text().split("\0"):
            assert _places(form) in wanted, text


def _places(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_is_marked_unreviewed(language: str) -> None:
    """No native speaker has signed one yet, so each says so."""
    text = extract_messages.catalogue_of(language).read_text(encoding="utf-8")
    blocks = [block for block in text.split("\n\n")[1:] if re.search(r'^msgstr(\[0\])? ".+"', block, re.M)]

    assert blocks
    assert all(extract_messages.UNREVIEWED in block for block in blocks)


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('_("a")', [("a", "")]),
        ('gettext_lazy("a" "b")', [("ab", "")]),
        ('ngettext("one", "many", n)', [("one", "many")]),
        ('Sentence("code", "n is %(n)s.")', [("n is %(n)s.", "")]),
        ("_(name)", []),
        ('print("a")', []),
    ],
)
def test_texts_of_python(source: str, texts: list[tuple[str, str]]) -> None:
    """Calls to gettext and sentences of methods are found; what is no literal is not."""
    assert list(extract_messages.from_python(source)) == texts


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('{% trans "a" %}', [("a", "")]),
        ("{% trans 'it''s' %}", [("it", "")]),
        ('{% trans "5 %" %}', [("5 %%", "")]),
        ("{% blocktrans %}a {{ b }} 5 %{% endblocktrans %}", [("a %(b)s 5 %%", "")]),
        ("{% blocktrans count n=x %}one{% plural %}{{ n }}{% endblocktrans %}", [("one", "%(n)s")]),
        ("{% blocktrans trimmed %}\n a\n b\n{% endblocktrans %}", [("a b", "")]),
        ('{% include "x" with title=_("a") %}', [("a", "")]),
        ("{{ value }} text", []),
    ],
)
def test_texts_of_templates(source: str, texts: list[tuple[str, str]]) -> None:
    """Each way in which a template marks a text is found as Django looks it up."""
    assert list(extract_messages.from_template(source)) == texts


def test_a_catalogue_keeps_what_was_translated(tmp_path: Path) -> None:
    """Written, read and written again, nothing changes; a text that is gone takes its translation along."""
    found = {
        "a": extract_messages.Message("a", places={"x.py"}),
        'say "b"\n': extract_messages.Message('say "b"\n', places={"y.html"}),
        "one": extract_messages.Message("one", plural="%(n)s", places={"y.html"}),
    }
    kept = {"a": ["а"], 'say "b"\n': ['скажи "б"\n'], "one": ["раз", "два", "три"], "gone": ["нет"]}
    path = tmp_path / "django.po"
    path.write_text(extract_messages.catalogue("ru", found, kept), encoding="utf-8")
    read = extract_messages.translations(path)

    assert read == {key: forms for key, forms in kept.items() if key != "gone"}
    assert extract_messages.catalogue("ru", found, read) == path.read_text(encoding="utf-8")
    assert compile_messages.compiled(path)
