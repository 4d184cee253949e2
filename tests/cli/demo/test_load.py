"""The demo is loaded through the rooms' own services, once, and goes on where it was broken off."""

from typing import Any

import pytest

from openilp.cli import demo_agency
from openilp.cli.demo_agency import agency, reviewing
from openilp.cli.demo_agency.steps import Steps


@pytest.fixture
def broken_off(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A demo whose loading stopped before its last chapter."""

    class PowerCut(Exception):
        """Stands for whatever ends the process."""

    def cut(steps: Steps) -> None:
        raise PowerCut

    with monkeypatch.context() as changed:
        changed.setattr(reviewing, "look_back", cut)
        with pytest.raises(PowerCut):
            demo_agency.load(lambda what, share: None)
    return PowerCut


def counts(actor: Any) -> dict[str, int]:
    """Return how many rows of each kind are there."""
    from openilp.collation.models import Entity, Link, Statement
    from openilp.collection.models import Incident, Report
    from openilp.evaluation.models import Evaluation
    from openilp.safeguards.acting import acting
    from openilp.tasking.models import Decision, Task

    models = (Incident, Report, Evaluation, Entity, Statement, Link, Decision, Task)
    with acting(actor, "test"):
        return {model.__name__: model.objects.seen_by(actor).count() for model in models}


@pytest.mark.django_db(databases=["default", "corridor"])
def test_the_demo_is_loaded_once_and_finishes_what_was_broken_off(broken_off: Any) -> None:
    """Nothing twice; one cycle closed; the false report taints what rests on it."""
    from openilp.collection.imports.quarantine import quarantined_reports, refusals
    from openilp.collection.models import Incident, Report
    from openilp.evaluation.models import Dispute
    from openilp.oversight.models import RecordReview
    from openilp.review.models import Lesson, Outcome, ResultsAnalysis
    from openilp.safeguards.acting import acting
    from openilp.safeguards.models import Emergency, Erasure, ThreadEdge
    from openilp.safeguards.people import actor_for

    assert not demo_agency.is_loaded()
    shares: list[float] = []
    demo_agency.load(lambda what, share: shares.append(share))
    assert demo_agency.is_loaded()
    assert shares == sorted(shares)

    from openilp.safeguards.models import User

    head = actor_for(User.objects.get(username=agency.HEAD))
    before = counts(head)
    crossed, erased = 1, 1
    assert (before["Incident"], before["Report"]) == (80_000, 400 + crossed - erased)
    assert before["Evaluation"] > 500 < before["Statement"]
    assert before["Link"] > 300

    demo_agency.load(lambda what, share: None) if not demo_agency.is_loaded() else None
    assert before == counts(head)

    with acting(head, "test"):
        located = Incident.objects.seen_by(head).exclude(longitude=None)
        assert not located.filter(unit=None).exists()
        assert quarantined_reports(actor=head).count() == 5
        assert refusals(actor=head).count() == 1
        assert Outcome.objects.seen_by(head).count() == 2
        assert ResultsAnalysis.objects.seen_by(head).count() == 1
        assert Lesson.objects.seen_by(head).get().requirement_id is not None
        false = Dispute.objects.seen_by(head).filter(is_false=True)
        reached = downstream(head, {row.report_id for row in false}, ThreadEdge)
        assert {"product", "edition", "release", "decision", "task", "outcome"} <= reached
        assert Report.objects.seen_by(head).filter(language="mn").exists()

    keeper = actor_for(User.objects.get(username=agency.PROTECTION), reason="administration")
    with acting(keeper, "test"):
        gone = Erasure.objects.seen_by(keeper).get()
        assert (len(gone.roots), gone.reissued) == (1, [])
        assert [row.decision for row in RecordReview.objects.seen_by(keeper)] == ["retain"]
        assert Emergency.objects.seen_by(keeper).count() == 2


def downstream(actor: Any, keys: set[Any], edges: Any) -> set[str]:
    """Return the kinds of everything that follows from some rows along the thread."""
    kinds: set[str] = set()
    seen: set[Any] = set()
    while keys:
        seen |= keys
        rows = edges.objects.seen_by(actor).filter(from_id__in=keys).values_list("to_id", "to_kind")
        kinds |= {kind for _, kind in rows}
        keys = {key for key, _ in rows} - seen
    return kinds
