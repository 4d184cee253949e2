"""Words that touch specially protected facts: a warning to confirm, never a silent block.

The list is data (`protected_wording.yaml`); an agency gives a file of its own through `OPENILP_WORDING`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings

from openilp.collection.errors import WordingToConfirm
from openilp.collection.rules import NewReport

_OWN = Path(__file__).with_name("protected_wording.yaml")


@dataclass(frozen=True)
class Wording:
    """A word of a text that touches a specially protected kind of fact."""

    kind: str
    word: str


def protected(texts: Iterable[str]) -> list[Wording]:
    """Return the words that touch specially protected facts, each kind and word once, in reading order."""
    found: dict[Wording, None] = {}
    patterns = _patterns(Path(settings.OPENILP_WORDING) if settings.OPENILP_WORDING else _OWN)
    for text in texts:
        for kind, pattern in patterns:
            for match in pattern.finditer(text.casefold()):
                found.setdefault(Wording(kind, match.group(0)))
    return list(found)


def confirm(new: NewReport, *, is_confirmed: bool) -> NewReport:
    """Return a report with the protected kinds of facts that it touches, once their need is confirmed.

    Raises:
        WordingToConfirm: If words touch specially protected facts and nobody has confirmed that they are needed.
    """
    texts = [new.title, new.provenance_note]
    for item in new.items:
        texts.append(item.text)
        texts += [part for mention in item.mentions for part in (mention.text, mention.predicate)]
    found = protected(texts)
    if found and not is_confirmed:
        raise WordingToConfirm([(each.kind, each.word) for each in found])
    return replace(new, necessary_wording=sorted({each.kind for each in found}))


@lru_cache(maxsize=4)
def _patterns(path: Path) -> tuple[tuple[str, re.Pattern[str]], ...]:
    kinds: dict[str, dict[str, list[str]]] = yaml.safe_load(path.read_text(encoding="utf-8"))["kinds"]
    return tuple(
        (kind, re.compile(r"\b(?:" + "|".join(_stems(languages)) + ")")) for kind, languages in kinds.items()
    )


def _stems(languages: dict[str, list[str]]) -> list[str]:
    """Return a pattern for each entry: a beginning of words, or with `!` at its end a whole word."""
    entries = [entry.casefold() for stems in languages.values() for entry in stems]
    return [
        re.escape(entry[:-1]) + r"\b" if entry.endswith("!") else re.escape(entry) + r"\w*"
        for entry in entries
    ]
