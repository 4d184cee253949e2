"""Words that touch specially protected facts: a warning to confirm, never a silent block.

The list is reference data (`special-categories`); an agency adds a version of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from openilp import reference
from openilp.collection.errors import WordingToConfirm
from openilp.collection.rules import NewReport


@dataclass(frozen=True)
class Wording:
    """A word of a text that touches a specially protected kind of fact."""

    kind: str
    word: str


def protected(texts: Iterable[str]) -> list[Wording]:
    """Return the words that touch specially protected facts, each kind and word once, in reading order."""
    known = reference.special_categories()
    found: dict[Wording, None] = {}
    for text in texts:
        for passage in reference.special_passages(text):
            word = text[passage.start : passage.end].casefold()
            found.setdefault(Wording(known.value(passage.code).label, word))
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
