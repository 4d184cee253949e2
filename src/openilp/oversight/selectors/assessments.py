"""Assessments of methods: what the registry and the cards say, beside what people judged."""

import hashlib
import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from openilp import reference
from openilp.analysis import registry
from openilp.analysis.errors import UnknownMethod
from openilp.analysis.registry import Method
from openilp.methods import cards
from openilp.oversight.errors import OversightConflict
from openilp.oversight.models import AssessmentAnswer, ImpactAssessment
from openilp.oversight.rules.assessments import Facts, Standing, standing
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound

_LIBRARY = "openilp.methods."
#: What an assessment quotes of a card.
_QUOTED = ("Question", "Assumptions", "Traps", "Not for", "Oracle", "Source")


class MethodNotAssessed(OversightConflict):
    """Say that a method has no assessment that allows its use."""

    def __init__(self, method: str, how: Standing) -> None:
        self.method, self.standing = method, how
        super().__init__(
            f"Method '{method}' has no impact assessment that allows its use ({how.value.replace('_', ' ')}); the"
            " data-protection officer or the head of intelligence writes one under Data protection, and the other"
            " one signs it."
        )


@dataclass(frozen=True)
class Line:
    """One method of the register: its present assessment, the second person's answer, and how it stands."""

    method: Method
    row: ImpactAssessment | None
    answer: AssessmentAnswer | None
    standing: Standing


def card_of(method: Method) -> dict[str, Any]:
    """Return what a method says of itself, in English: what it answers, takes, and how it misleads.

    The cards are those of the library's functions that its code calls, so that none can be left out.
    """
    with translation.override("en"):
        return {
            "title": str(method.title),
            "question": str(method.question),
            "needs": str(method.needs),
            "caution": str(method.caution),
            "parameters": [
                {
                    "label": str(p.label),
                    "unit": str(p.unit),
                    "default": p.default,
                    "low": p.low,
                    "high": p.high,
                }
                for p in method.parameters
            ],
            "cards": [
                {
                    "name": f"{card.family}.{card.name}",
                    "summary": card.summary,
                    "sections": [
                        [h, " ".join(card.sections[h].split())] for h in _QUOTED if card.sections.get(h)
                    ],
                }
                for card in sorted(map(cards.card, library_of(method)), key=lambda c: (c.family, c.name))
            ],
        }


def library_of(method: Method) -> set[Any]:
    """Return the public functions of the library that a method's code calls, its own helpers followed."""
    public = {
        member
        for family in cards.families().values()
        for member in (getattr(family, name) for name in family.__all__)
        if inspect.isfunction(member)
    }
    return set(_called(method.compute, set())) & public


def _called(function: Any, met: set[Any]) -> Iterator[Any]:
    met.add(function)
    for name in function.__code__.co_names:
        found = function.__globals__.get(name)
        if not inspect.isfunction(found) or found in met:
            continue
        if found.__module__.startswith(_LIBRARY):
            yield found
        elif found.__module__ == function.__module__:
            yield from _called(found, met)


def digest_of(card: dict[str, Any]) -> str:
    """Return the hash of a card, which tells whether the method says the same of itself as when it was assessed."""
    return hashlib.sha256(json.dumps(card, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def method(name: str) -> Method:
    """Return a registered method.

    Raises:
        RecordNotFound: If there is none of this name.
    """
    try:
        return registry.method(name)
    except UnknownMethod as error:
        raise RecordNotFound(name) from error


def history(name: str, *, actor: Actor) -> Any:
    """Return the assessments of a method that the actor may see, the newest first."""
    found = ImpactAssessment.objects.seen_by(actor).filter(method=name).select_related("created_by")
    return found.order_by("-created_at", "-pk")


def register(*, actor: Actor) -> list[Line]:
    """Return every registered method with its present assessment."""
    present = ImpactAssessment.objects.seen_by(actor).filter(successor=None).select_related("created_by")
    rows = {row.method: row for row in present}
    answers = _answers(list(rows.values()), actor)
    return [_line(each, rows.get(each.name), answers) for each in registry.METHODS.values()]


def line(name: str, *, actor: Actor) -> Line:
    """Return one method with its present assessment.

    Raises:
        RecordNotFound: If there is no such method.
    """
    chosen = method(name)
    row = history(name, actor=actor).filter(successor=None).first()
    return _line(chosen, row, _answers([row] if row else [], actor))


def _answers(rows: list[ImpactAssessment], actor: Actor) -> dict[Any, AssessmentAnswer]:
    found = AssessmentAnswer.objects.seen_by(actor).filter(assessment__in=[row.pk for row in rows])
    return {answer.assessment_id: answer for answer in found.select_related("created_by")}


def _line(each: Method, row: ImpactAssessment | None, answers: dict[Any, AssessmentAnswer]) -> Line:
    answer = answers.get(row.pk) if row else None
    facts = (
        Facts(row.method_version, row.decision, row.review_on, answer.agrees if answer else None)
        if row
        else None
    )
    how = standing(facts, version=each.version, today=timezone.localdate())
    return Line(each, row, answer, how)


def check_assessed(each: Method, actor: Actor) -> None:
    """Check, before a run, that a method is assessed, where the national profile asks for it.

    Raises:
        MethodNotAssessed: If it is not.
    """
    if not reference.national_profile(settings.OPENILP_PROFILE).refuses_unassessed:
        return
    how = line(each.name, actor=actor).standing
    if how is not Standing.ASSESSED:
        raise MethodNotAssessed(each.name, how)
