"""What differs between what was laid before a meeting and what holds now: pure comparisons of plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from openilp.analysis.canonical import digest

#: What each kind of change says; the facts are those of the change.
SENTENCES = {
    "recalled": _("Edition %(ref)s was recalled: %(now)s."),
    "edition": _("%(ref)s has a new edition: %(now)s instead of %(before)s."),
    "superseded": _("%(ref)s was graded anew: %(now)s instead of %(before)s."),
    "disputed": _("The report of %(ref)s is disputed."),
    "false": _("The report of %(ref)s was found false."),
    "withheld": _("%(ref)s is not open to you any more."),
    "settled": _("What was objected to %(ref)s is settled."),
    "uncited": _("%(ref)s is not cited any more."),
    "cited": _("%(ref)s is cited now."),
    "assessment": _("Assessment %(ref)s was replaced: %(now)s."),
    "recommended": _("%(ref)s is recommended now: %(now)s."),
    "dropped": _("%(ref)s is not recommended any more."),
    "reworded": _("Recommendation %(ref)s says something else now: %(now)s."),
    "figure": _("The figure of %(ref)s is another one now."),
    "value": _("%(ref)s: %(now)s instead of %(before)s."),
}


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes:
        code: What kind of change, a key of `SENTENCES`.
        ref: What it concerns.
        before: What the meeting was shown.
        now: What holds now.
    """

    code: str
    ref: str
    before: str = ""
    now: str = ""

    @property
    def words(self) -> str:
        """Return it as a sentence in the reader's language."""
        return gettext(SENTENCES[self.code]) % asdict(self)

    def as_json(self) -> dict[str, str]:
        """Return it as it is kept."""
        return asdict(self)


def token_of(changes: Sequence[Change]) -> str:
    """Return what somebody sends who has read exactly these changes; empty where there are none."""
    return digest([change.as_json() for change in changes])[:16] if changes else ""


def differences(kind: str, shown: Mapping[str, Any], now: Mapping[str, Any] | None) -> tuple[Change, ...]:
    """Return what differs between an exhibit and the same thing now, the gravest first.

    Args:
        kind: `product`, or one of the kinds whose content is a flat mapping with `ref`.
        shown: What was laid before the meeting.
        now: The same in the same shape; None where it cannot be seen any more.
    """
    if now is None:
        ref = shown["product"]["ref"] if kind == "product" else shown["ref"]
        return (Change("withheld", ref),)
    found = _of_product(shown, now) if kind == "product" else _of_values(shown, now)
    order = list(SENTENCES)
    return tuple(sorted(dict.fromkeys(found), key=lambda c: (order.index(c.code), c.ref)))


def _of_values(shown: Mapping[str, Any], now: Mapping[str, Any]) -> Iterable[Change]:
    for key in shown:
        if shown[key] != now.get(key):
            yield Change("value", f"{shown['ref']}, {key}", _short(shown[key]), _short(now.get(key)))


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{v}" for v in value.values())
    return "–" if value in (None, "") else str(value)


def _of_product(shown: Mapping[str, Any], now: Mapping[str, Any]) -> Iterable[Change]:
    yield from _of_edition(shown, now)
    yield from _of_citations(shown, now)
    yield from _of_assessments(shown, now)
    yield from _of_recommendations(shown, now)
    yield from _of_figures(shown, now)


def _of_edition(shown: Mapping[str, Any], now: Mapping[str, Any]) -> Iterable[Change]:
    was, is_ = shown.get("edition") or {}, now.get("edition") or {}
    if is_.get("recalled") and not was.get("recalled"):
        yield Change("recalled", is_["ref"], now=is_["recalled"])
    before, newest = was.get("number"), is_.get("newest", is_.get("number"))
    if newest is not None and newest != was.get("newest", before):
        yield Change("edition", shown["product"]["ref"], str(before or "–"), str(newest))


def _of_citations(shown: Mapping[str, Any], now: Mapping[str, Any]) -> Iterable[Change]:
    cited = {row["item"]: row for row in shown.get("citations", ())}
    still = {row["item"]: row for row in now.get("citations", ())}
    yield from (Change("uncited", ref) for ref in cited.keys() - still.keys())
    yield from (Change("cited", ref) for ref in still.keys() - cited.keys())
    objected = {row["item"]: row for row in shown.get("stale", ())}
    objections = {row["item"]: row for row in now.get("stale", ())}
    for ref in cited.keys() & objections.keys():
        row = objections[ref]
        if row != objected.get(ref):
            yield Change(row["reason"], ref, grade(cited[ref]["evaluation"]), row.get("now", ""))
    yield from (Change("settled", ref) for ref in (objected.keys() - objections.keys()) & still.keys())


def grade(evaluation: Mapping[str, Any] | None) -> str:
    """Return a kept grade in one word: `B2 H1`; a dash where there was none."""
    if not evaluation:
        return "–"
    return f"{evaluation['source']}{evaluation['information']} {evaluation['handling']}"


def _of_assessments(shown: Mapping[str, Any], now: Mapping[str, Any]) -> Iterable[Change]:
    current = {row["ref"]: row for row in now.get("assessments", ())}
    for row in shown.get("assessments", ()):
        later = current.get(row["ref"], {}).get("superseded_by", "")
        if row["ref"] not in current:
            yield Change("uncited", row["ref"])
        elif later != row.get("superseded_by", ""):
            yield Change("assessment", row["ref"], now=later)
    known = {row["ref"] for row in shown.get("assessments", ())}
    yield from (Change("cited", ref) for ref in current.keys() - known)


def _of_recommendations(shown: Mapping[str, Any], now: Mapping[str, Any]) -> Iterable[Change]:
    made = {row["ref"]: row for row in shown.get("recommendations", ())}
    current = {row["ref"]: row for row in now.get("recommendations", ())}
    yield from (Change("dropped", ref) for ref in made.keys() - current.keys())
    for ref, row in current.items():
        if ref not in made:
            yield Change("recommended", ref, now=row["text"])
        elif row != made[ref]:
            yield Change("reworded", ref, made[ref]["text"], row["text"])


def _of_figures(shown: Mapping[str, Any], now: Mapping[str, Any]) -> Iterable[Change]:
    kept = {row["run"]: row["digest"] for row in shown.get("figures", ())}
    current = {row["run"]: row["digest"] for row in now.get("figures", ())}
    for ref in kept.keys() | current.keys():
        if kept.get(ref) != current.get(ref):
            yield Change("figure", ref, kept.get(ref, ""), current.get(ref, ""))
