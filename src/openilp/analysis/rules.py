"""Pure decisions of analysis: blocks of a product, references in a text, what is flagged, what differs."""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openilp import reference
from openilp.analysis import blueprints
from openilp.analysis.errors import AnalysisError, UnknownBlock

Block = dict[str, Any]
KINDS = ("text", "run", "assessment", "recommendations", "sources")
LONGEST_TEXT = 20_000
MOST_BLOCKS = 80
_REFERENCE = re.compile(r"\[(I-[2-9A-Z]{4}-[2-9A-Z]{4})\]")
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")


@dataclass(frozen=True)
class Flag:
    """Something in a block that a reader should be warned of."""

    block: str
    code: str
    detail: str


@dataclass(frozen=True)
class Difference:
    """One block in two versions, line by line: (sign, text) with sign `-` theirs only, `+` yours only, blank both."""

    block: str
    heading: str
    lines: tuple[tuple[str, str], ...]


def new_body(product_type: str) -> list[Block]:
    """Return the empty sections of a product type as blocks.

    Raises:
        AnalysisError: If there is no such product type.
    """
    try:
        reference.vocabulary("product-types").require(product_type)
    except reference.UnknownCode as error:
        raise AnalysisError("product_type", str(error)) from error
    return [
        {"id": f"s-{s.code}", "kind": s.kind, "section": s.code, "heading": str(s.heading), "text": ""}
        for s in blueprints.sections(product_type)
    ]


def checked(blocks: Sequence[Mapping[str, Any]]) -> list[Block]:
    """Return blocks in their stored form.

    Raises:
        AnalysisError: If a block has an unknown kind, no id or an id twice, or is too long.
    """
    if len(blocks) > MOST_BLOCKS:
        raise AnalysisError("blocks", f"{len(blocks)} blocks are too many; {MOST_BLOCKS} is the most.")
    found: list[Block] = []
    for block in blocks:
        kind, key = str(block.get("kind", "")), str(block.get("id", ""))
        if kind not in KINDS:
            raise AnalysisError("blocks", f"Block '{key}' has kind '{kind}'; use one of {', '.join(KINDS)}.")
        if not re.fullmatch(r"[a-z0-9-]{1,40}", key) or any(key == other["id"] for other in found):
            raise AnalysisError(
                "blocks", f"Block id '{key}' is empty, taken or not in a-z, 0-9; give each its own."
            )
        text = str(block.get("text", "")).replace("\r\n", "\n")
        if len(text) > LONGEST_TEXT:
            raise AnalysisError(
                "blocks", f"Block '{key}' has {len(text)} characters; {LONGEST_TEXT} is the most."
            )
        found.append(
            {
                "id": key,
                "kind": kind,
                "section": str(block.get("section", ""))[:40],
                "heading": str(block.get("heading", ""))[:160],
                "text": text,
                **({kind: str(block.get(kind, ""))} if kind in ("run", "assessment") else {}),
            }
        )
    return found


def references_in(text: str) -> list[str]:
    """Return the references of items that a text cites as `[I-…]`, each once, in order."""
    return list(dict.fromkeys(all_references(text)))


def all_references(text: str) -> list[str]:
    """Return every reference of an item in a text, repeated ones too, in order."""
    return _REFERENCE.findall(text)


def sentences(text: str) -> Iterable[str]:
    """Yield the sentences of a text."""
    for found in _SENTENCE.finditer(text):
        if sentence := found.group().strip():
            yield sentence


def probability_words(yardstick: str = "phia") -> re.Pattern[str]:
    """Return a pattern of the words of a yardstick."""
    words = [part for term in reference.probability_terms(yardstick) for part in term.label.split(" or ")]
    return re.compile(
        rf"\b({'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})\b", re.I
    )


def flags(
    blocks: Sequence[Block],
    *,
    product_type: str,
    cited: Collection[str],
    weighed: Collection[str],
) -> list[Flag]:
    """Return what stands without support: judgements without a citation, references that are not citations.

    Args:
        blocks: The product's blocks.
        product_type: Whose sections hold judgements.
        cited: References of the items that the product cites.
        weighed: Ids of the assessments that have evidence.
    """
    judging = {section.code for section in blueprints.sections(product_type) if section.is_judgement}
    words = probability_words()
    found: list[Flag] = []
    for block in blocks:
        if block["kind"] == "assessment" and block["assessment"] not in weighed:
            found.append(Flag(block["id"], "assessment_without_evidence", ""))
        if block["kind"] != "text" or not block["text"].strip():
            continue
        references = references_in(block["text"])
        found += [Flag(block["id"], "not_cited", ref) for ref in references if ref not in cited]
        supported = [ref for ref in references if ref in cited]
        if block["section"] in judging and not supported:
            found.append(Flag(block["id"], "judgement_without_source", block["heading"]))
        elif block["section"] != "brief":
            found += [
                Flag(block["id"], "sentence_without_source", sentence)
                for sentence in sentences(block["text"])
                if words.search(sentence) and not any(ref in sentence for ref in supported)
            ]
    return found


def differences(theirs: Sequence[Block], yours: Sequence[Block]) -> list[Difference]:
    """Return the blocks in which two versions of a product differ, with the lines of both."""
    before, after = {b["id"]: b for b in theirs}, {b["id"]: b for b in yours}
    found = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        lines = difflib.ndiff(_lines(old), _lines(new))
        shown = tuple((line[0], line[2:]) for line in lines if line[0] in "+- ")
        found.append(Difference(key, str((new or old or {}).get("heading", "")), shown))
    return found


def _lines(block: Block | None) -> list[str]:
    if block is None:
        return []
    own = str(block.get(block["kind"], "")) if block["kind"] in ("run", "assessment") else ""
    text: list[str] = block["text"].split("\n")
    return [line for line in (str(block["heading"]), own) if line] + text


def moved(blocks: Sequence[Block], key: str, step: int) -> list[Block]:
    """Return blocks with one moved up (-1) or down (1).

    Raises:
        UnknownBlock: If there is no such block.
    """
    place = _place(blocks, key)
    target = min(max(place + step, 0), len(blocks) - 1)
    found = list(blocks)
    found.insert(target, found.pop(place))
    return found


def without(blocks: Sequence[Block], key: str) -> list[Block]:
    """Return blocks without one.

    Raises:
        UnknownBlock: If there is no such block.
    """
    _place(blocks, key)
    return [block for block in blocks if block["id"] != key]


def with_added(blocks: Sequence[Block], new: Block, *, after: str = "") -> list[Block]:
    """Return blocks with a new one behind another, or before the recommendations."""
    found = list(blocks)
    if after:
        place = _place(blocks, after) + 1
    else:
        closing = [i for i, block in enumerate(blocks) if block["kind"] in ("recommendations", "sources")]
        place = closing[0] if closing else len(blocks)
    taken = {block["id"] for block in blocks}
    number = next(n for n in range(1, MOST_BLOCKS + 2) if f"b-{n}" not in taken)
    found.insert(place, {"section": "", "heading": "", "text": "", **new, "id": f"b-{number}"})
    return found


def _place(blocks: Sequence[Block], key: str) -> int:
    for place, block in enumerate(blocks):
        if block["id"] == key:
            return place
    raise UnknownBlock(key)


def unanswered(answers: Mapping[str, str]) -> list[str]:
    """Return the questions about bias and rights that have no answer yet."""
    return [
        str(question.text)
        for question in blueprints.RIGHTS_QUESTIONS
        if len(answers.get(question.code, "").strip()) < 3
    ]
