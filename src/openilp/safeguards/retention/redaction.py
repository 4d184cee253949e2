"""Taking what was erased out of texts that quote it: pure, by references."""

import re
from collections.abc import Collection
from typing import Any

#: What stands in a frozen text where an erased passage stood.
ERASED = "[erased]"
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+|(?=\n)|$)\s*(?:\[[A-Z]{1,3}-[2-9A-Z]{4}-[2-9A-Z]{4}\][.!?]?\s*)*")
#: Keys of a quoted record that tell what stood there without saying what it said.
_STAYS = frozenset({"ref", "number", "id", "section", "is_unsupported"})


def without(value: Any, refs: Collection[str]) -> Any:
    """Return a value of JSON without what it quotes of records.

    A passage is the sentence that cites a reference, with the references behind it; a quoted record, an object whose
    `ref` is one of them, keeps its place and loses every word.

    Args:
        value: A value of JSON; it is left as it is.
        refs: References of erased records.
    """
    if isinstance(value, str):
        return _without_passages(value, refs)
    if isinstance(value, list):
        return [without(each, refs) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("ref") in refs:
        return {key: each if key in _STAYS else _emptied(key, each) for key, each in value.items()}
    return {key: without(each, refs) for key, each in value.items()}


def _emptied(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return ERASED if key in ("text", "title", "finding") else ""
    if isinstance(value, list):
        return []
    return (
        _emptied_object(value)
        if isinstance(value, dict)
        else (0 if isinstance(value, int | float) else value)
    )


def _emptied_object(value: dict[str, Any]) -> dict[str, Any]:
    return {key: _emptied(key, each) for key, each in value.items()}


def _without_passages(text: str, refs: Collection[str]) -> str:
    if not any(ref in text for ref in refs):
        return text
    kept = []
    for found in _SENTENCE.finditer(text):
        passage = found.group()
        if any(ref in passage for ref in refs):
            end = passage[len(passage.rstrip()) :]
            kept.append(ERASED + (end or " "))
        else:
            kept.append(passage)
    joined = re.sub(rf"(?:{re.escape(ERASED)} ?)+", ERASED + " ", "".join(kept))
    # What no sentence was found around goes too: nothing that was erased stays.
    return ERASED if any(ref in joined for ref in refs) else joined.rstrip()
