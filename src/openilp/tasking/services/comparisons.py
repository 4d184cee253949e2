"""Verbs of comparing candidate problems before a meeting chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import Conflict
from openilp.safeguards.labels import joined
from openilp.safeguards.roles import ANALYSTS, MANAGERS
from openilp.tasking import comparing, rules
from openilp.tasking.comparing import Cell, Criterion
from openilp.tasking.models import AgendaItem, Comparison, Meeting
from openilp.tasking.selectors.comparisons import candidates_of, successor_of

COMPARERS = MANAGERS | ANALYSTS


@dataclass(frozen=True)
class NewComparison:
    """A comparison as it is drawn up.

    Attributes:
        title: What is compared.
        candidates: References of priorities and products, or problems in words; they get the letters A, B, C …
        criteria: What they are compared by, each with its weight in a word.
        cells: Letter to criterion to judgement.
        conclusion: What the authors read from it.
    """

    title: str
    candidates: Sequence[str]
    criteria: Sequence[Criterion]
    cells: Mapping[str, Mapping[str, Cell]]
    conclusion: str = ""


@action("tasking.compare_problems", roles=COMPARERS)
def compare_problems(
    *,
    actor: Actor,
    meeting: Meeting,
    new: NewComparison,
    item: AgendaItem | None = None,
    supersedes: Comparison | None = None,
) -> Comparison:
    """Put candidate problems side by side, by criteria with visible weights, in words and without a total.

    Raises:
        TaskingError: If a judgement is missing, or a person would be compared.
        Conflict: If the meeting is over, or somebody else replaced the version that this one rests on.
    """
    if meeting.closed_at is not None:
        raise Conflict(_("Meeting %(ref)s is over; compare in the next one.") % {"ref": meeting.ref})
    if supersedes is not None and (later := successor_of(supersedes, actor=actor)) is not None:
        raise Conflict(_replaced(supersedes.ref, later.ref))
    candidates, labels = candidates_of(new.candidates, actor=actor)
    comparing.check(new.criteria, candidates, new.cells)
    parts = [row.label for row in (meeting, item, supersedes) if row is not None]
    try:
        with transaction.atomic():
            row: Comparison = Comparison.objects.record(
                actor=actor,
                meeting=meeting,
                agenda_item=item,
                title=rules.check_text("title", new.title, most=200),
                criteria=[asdict(criterion) for criterion in new.criteria],
                candidates=[candidate.as_json() for candidate in candidates],
                cells=comparing.cells_as_json(new.cells),
                conclusion=new.conclusion.strip(),
                supersedes=supersedes,
                label=joined([actor.label(), *parts, *labels]),
            )
    except IntegrityError as error:
        raise Conflict(_replaced(supersedes.ref if supersedes else "", "")) from error
    return row


def _replaced(ref: str, later: str) -> str:
    return _("Comparison %(ref)s was replaced %(later)s; open the newest version and change that one.") % {
        "ref": ref,
        "later": later,
    }
