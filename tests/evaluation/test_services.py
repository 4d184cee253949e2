"""The verbs: graded by a person, kept in its scheme, looked at twice, never overwritten."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from openilp import reference
from openilp.collection.models import Report
from openilp.evaluation import selectors, services, tasks
from openilp.evaluation.errors import (
    AlreadyDone,
    EvaluationError,
    NotUrgent,
    NotYourGrade,
    ReasonMissing,
)
from openilp.evaluation.models import Duplicate, Escalation, Evaluation, Sanitisation
from openilp.evaluation.rules import NewGrade
from openilp.safeguards.acting import acting
from openilp.safeguards.errors import NotPermitted, RecordNotFound, WrongApprover
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import Notice, ThreadEdge
from openilp.safeguards.roles import Role
from tests.evaluation.making import (
    GRADE,
    Act,
    confidential,
    hand_in,
    in_place_of,
    item_of,
    not_second,
    reported,
)
from tests.factories import World

HEAD, OFFICER, REPORTER = Role.HEAD_OF_INTELLIGENCE, Role.INTELLIGENCE_OFFICER, Role.REPORTING_OFFICER


def test_a_grade_is_kept_in_its_scheme_version_and_handling(world: World, act: Act) -> None:
    """What was graded in 3x5x2 stays 3x5x2; each item has its own grade. [EVA-03] [EVA-04] [EVA-07]"""
    report = reported(world, act)
    theirs = NewGrade("uk-3x5x2", "1", "2", "C", "C", "only Ferry District", "heard by the caretaker")
    with act(world.user(OFFICER), world.desk) as actor:
        first, second = item_of(report, actor, 1), item_of(report, actor, 2)
        services.evaluate_item(actor=actor, item=first, grade=GRADE)
        services.evaluate_item(actor=actor, item=second, grade=theirs)
        current = selectors.current_evaluations([first, second], actor=actor)

    kept = current[second.pk]
    assert (kept.scheme, kept.scheme_version, kept.source_grade, kept.information_grade) == (
        "uk-3x5x2",
        "1",
        "2",
        "C",
    )
    assert (kept.handling_scheme, kept.handling, kept.handling_text) == (
        "uk-3x5x2-h",
        "C",
        "only Ferry District",
    )
    assert current[first.pk].scheme == "europol-4x4"
    assert kept.reasons == "heard by the caretaker"


def test_grading_draws_the_thread_from_the_item(world: World, act: Act) -> None:
    """The golden thread leads from the sentence to its grade."""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        item = item_of(report, actor)
        made = services.evaluate_item(actor=actor, item=item, grade=GRADE)
        edges = ThreadEdge.objects.seen_by(actor).filter(from_id=item.pk, to_id=made.pk)

        assert [edge.kind for edge in edges] == ["graded in"]


def test_grading_again_supersedes_and_keeps_the_history(world: World, act: Act) -> None:
    """A new evaluation supersedes the old one; nothing is overwritten. [EVA-05]"""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        item = item_of(report, actor)
        old = services.evaluate_item(actor=actor, item=item, grade=GRADE)
        new = services.evaluate_item(
            actor=actor, item=item, grade=replace(GRADE, information="4"), supersedes=old
        )

        assert selectors.current_evaluations([item], actor=actor) == {item.pk: new}
        assert [new.pk, old.pk] == [row.pk for row in selectors.history_of([item], actor=actor)[item.pk]]
        assert Evaluation.objects.seen_by(actor).get(pk=old.pk).information_grade == "2"


def test_two_editors_at_once_the_second_gets_a_conflict(world: World, act: Act) -> None:
    """Nobody overwrites a grade that he has not read."""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        item = item_of(report, actor)
        old = services.evaluate_item(actor=actor, item=item, grade=GRADE)
        services.evaluate_item(actor=actor, item=item, grade=GRADE, supersedes=old)
        for stale in (None, old):
            with pytest.raises(NotYourGrade, match="meanwhile"):
                services.evaluate_item(actor=actor, item=item, grade=GRADE, supersedes=stale)


def test_the_inbox_index_never_hides_what_waits(world: World, act: Act) -> None:
    """A report leaves the index of the inbox with its last grade or as a copy, and not before."""

    def indexed() -> set[Any]:
        return set(Report.objects.seen_by(actor).filter(awaits_grade=True).values_list("pk", flat=True))

    graded, half, copied = (reported(world, act, title=title) for title in ("All", "Half", "Copy"))
    with act(world.user(OFFICER), world.desk) as actor:
        assert indexed() == {graded.pk, half.pk, copied.pk}
        for report, number in ((graded, 1), (graded, 2), (half, 2)):
            services.evaluate_item(actor=actor, item=item_of(report, actor, number), grade=GRADE)
        services.mark_duplicates(actor=actor, reports=[copied], original=half)

        assert indexed() == {half.pk}
        assert [report.pk for report in selectors.awaiting(actor=actor)] == [half.pk]


def test_a_grade_that_not_all_readers_see_leaves_the_report_in_the_index(world: World, act: Act) -> None:
    """The inbox of somebody who may not see the grade stays as it was."""
    report = reported(world, act)
    with act(world.user(HEAD), world.desk) as actor:
        for number in (1, 2):
            item = item_of(report, actor, number)
            Evaluation.objects.record(
                actor=actor,
                label=replace(item.label, level=Level.CONFIDENTIAL),
                item=item,
                scheme=GRADE.scheme,
                scheme_version=GRADE.scheme_version,
                source_grade=GRADE.source,
                information_grade=GRADE.information,
                handling_scheme="europol-h",
                handling=GRADE.handling,
            )
    with act(world.user(OFFICER), world.desk) as actor:
        assert [row.pk for row in selectors.awaiting(actor=actor)] == [report.pk]


def test_nobody_reviews_the_own_grade(world: World, act: Act) -> None:
    """The second look is a second person's. [EVA-05]"""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        made = services.evaluate_item(actor=actor, item=item_of(report, actor), grade=GRADE)
        assert not selectors.awaiting_review(actor=actor).exists()
        with pytest.raises(WrongApprover):
            services.review_evaluation(actor=actor, evaluation=made, agrees=True)
    with act(world.user(HEAD), world.desk) as actor:
        assert selectors.awaiting_review(actor=actor).count() == 1
        with pytest.raises(ReasonMissing):
            services.review_evaluation(actor=actor, evaluation=made, agrees=False)
        services.review_evaluation(actor=actor, evaluation=made, agrees=False, reason="The source is new.")
        assert not selectors.awaiting_review(actor=actor).exists()
    with act(world.user(OFFICER), world.desk) as actor:
        assert [made.pk] == [row.pk for row in selectors.returned_evaluations(actor=actor)]
        assert Notice.objects.seen_by(actor).get().kind == "grade_returned"


def test_the_inbox_shows_high_urgency_first_then_the_oldest(world: World, act: Act) -> None:
    """Order of work: what is urgent, then what has waited longest; page by page the same. [EVA-09]"""
    refs = {
        name: reported(world, act, urgency=urgency).ref
        for name, urgency in [("a", "low"), ("b", "medium"), ("c", "high"), ("d", "low"), ("e", "high")]
    }
    with act(world.user(OFFICER), world.desk) as actor:
        shown: list[str] = []
        after = ""
        for _ in range(3):
            page = selectors.inbox(actor=actor, after=after, size=2)
            shown += [row.ref for row in page.rows]
            after = page.next

        assert [refs[name] for name in "cebad"] == shown
        assert after == ""


def test_the_inbox_filters_by_urgency_unit_and_evaluator(world: World, act: Act) -> None:
    """Mine, nobody's, a unit's; the newest assignment counts."""
    mine, other = reported(world, act, urgency="medium"), reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        services.assign_reports(actor=actor, reports=[mine, other], evaluator=world.user(OFFICER))
        services.assign_reports(actor=actor, reports=[other], evaluator=world.user(HEAD))

        def shown(**filters: str) -> list[str]:
            return [
                row.ref for row in selectors.inbox(actor=actor, filters=selectors.Filters(**filters)).rows
            ]

        assert shown(whose="mine") == [mine.ref]
        assert shown(whose="unassigned") == []
        assert shown(urgency="low") == [other.ref]
        assert shown(unit="R1D1") == [mine.ref, other.ref]
        assert shown(unit="HQ") == []


def test_a_report_leaves_the_inbox_when_its_last_item_is_graded(world: World, act: Act) -> None:
    """State is the existence of rows, not a flag."""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        for number in (1, 2):
            assert selectors.in_tray(actor=actor).count() == 1
            services.evaluate_item(actor=actor, item=item_of(report, actor, number), grade=GRADE)

        assert selectors.in_tray(actor=actor).count() == 0


def test_a_copy_leaves_the_inbox_and_is_no_original(world: World, act: Act) -> None:
    """A repeated report does not count as a second source."""
    first, second, third = (reported(world, act) for _ in range(3))
    with act(world.user(OFFICER), world.desk) as actor:
        services.mark_duplicates(actor=actor, reports=[second], original=first)

        assert [first.ref, third.ref] == [row.ref for row in selectors.inbox(actor=actor).rows]
        with pytest.raises(EvaluationError, match="itself"):
            services.mark_duplicates(actor=actor, reports=[first], original=first)
        with pytest.raises(EvaluationError, match="copy itself"):
            services.mark_duplicates(actor=actor, reports=[third], original=second)
        with pytest.raises(AlreadyDone):
            services.mark_duplicates(actor=actor, reports=[second], original=first)
        assert Duplicate.objects.seen_by(actor).count() == 1


def test_an_urgent_report_is_acknowledged_once(world: World, act: Act) -> None:
    """The duty officer's word is kept; an ordinary report needs none."""
    report, calm = reported(world, act, urgency="high"), reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        assert [report.ref] == [row.ref for row in selectors.urgent(actor=actor)]
        services.acknowledge_report(actor=actor, report=report, note="Patrol 4 sent.")
        assert not selectors.urgent(actor=actor).exists()
        with pytest.raises(AlreadyDone):
            services.acknowledge_report(actor=actor, report=report)
        with pytest.raises(NotUrgent):
            services.acknowledge_report(actor=actor, report=calm)


def test_duty_officers_are_told_once_and_only_of_what_they_may_see(world: World, act: Act) -> None:
    """Whom entry told, the watch does not tell again; nobody learns of a report beyond one's own reach. [EVA-09]"""
    report = reported(world, act, urgency="high")
    with act(world.user(HEAD), world.desk) as actor:
        secret = hand_in(actor, urgency="high", label=confidential(world))
        first = services.raise_alerts(actor=actor)
        again = services.raise_alerts(actor=actor)

    told = {alert.report_id: set(alert.told) for alert in first}
    assert told[report.pk] == {world.user(OFFICER).pk, world.user(HEAD).pk}
    assert told[secret.pk] == {world.user(HEAD).pk}
    assert again == []
    with act(world.user(OFFICER), world.desk) as actor:
        notice = Notice.objects.seen_by(actor).get()
        assert (notice.kind, notice.ref, notice.is_urgent) == ("urgent_report", report.ref, True)


def test_what_nobody_acknowledges_escalates_after_the_set_minutes(
    world: World, act: Act, settings: Any
) -> None:
    """After the set time the head of intelligence is told, once; what was acknowledged stays. [EVA-09]"""
    settings.OPENILP_ESCALATION_MINUTES = 20
    seen, waiting = reported(world, act, urgency="high"), reported(world, act, urgency="high")
    with act(world.user(OFFICER), world.desk) as actor:
        services.acknowledge_report(actor=actor, report=seen)
    received = waiting.created_at
    with act(world.user(HEAD), world.desk) as actor:
        early = services.escalate_overdue(actor=actor, now=received + timedelta(minutes=19))
        due = services.escalate_overdue(actor=actor, now=received + timedelta(minutes=20, seconds=1))
        again = services.escalate_overdue(actor=actor, now=received + timedelta(minutes=60))

        assert (early, again) == ([], [])
        assert [(row.report_id, row.to_id) for row in due] == [(waiting.pk, world.user(HEAD).pk)]
        assert "20 minutes" in due[0].reason
        assert Notice.objects.seen_by(actor).filter(kind="escalation", ref=waiting.ref).count() == 1


def test_the_job_runs_under_the_heads_account_and_is_logged(
    world: World, act: Act, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no system actor: the watch carries an account, and its event names it."""
    settings.OPENILP_ESCALATION_MINUTES = 0
    reported(world, act, urgency="high")
    head = world.user(HEAD)
    events: list[dict[str, Any]] = []
    monkeypatch.setattr("openilp.safeguards.audit.record", lambda event, _sealed: events.append(event))

    done = tasks.watch_for(actor_id=str(head.pk), matter_id=str(world.desk.pk))

    assert done == {"told": 1, "escalated": 1}
    assert [(event["actor"], event["action"]) for event in events] == [(str(head.pk), "evaluation.watch_for")]
    assert [write["action"] for write in events[0]["writes"]] == [
        "evaluation.raise_alerts",
        "evaluation.escalate_overdue",
    ]


def test_the_watch_is_deferred_for_each_head(world: World) -> None:
    """One job a head of intelligence, with the account and its matter in the arguments."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    assert tasks.defer_for_heads() == 1
    job = ProcrastinateJob.objects.get(task_name="evaluation.watch_for")
    head = world.user(HEAD)
    assert job.args["actor_id"] == str(head.pk)
    assert job.args["matter_id"] in {str(world.desk.pk), str(world.operation.pk)}


def test_a_report_is_handed_only_to_who_may_see_it(world: World, act: Act) -> None:
    """Neither assigning nor escalating opens a report to somebody beyond its label."""
    with act(world.user(HEAD), world.desk) as actor:
        secret = hand_in(actor, label=confidential(world))
        with pytest.raises(EvaluationError, match="may not see"):
            services.assign_reports(actor=actor, reports=[secret], evaluator=world.user(OFFICER))
        with pytest.raises(EvaluationError, match="may not see"):
            services.escalate_reports(actor=actor, reports=[secret], to=world.user(OFFICER), reason="x")
        with pytest.raises(EvaluationError, match="does not evaluate"):
            services.assign_reports(actor=actor, reports=[secret], evaluator=world.user(Role.CHAIR))
        assert not Escalation.objects.seen_by(actor).exists()


def test_a_sanitised_version_is_used_only_after_a_second_person(world: World, act: Act) -> None:
    """It keeps the report's level until somebody else approves; then the lower level holds. [EVA-10]"""
    label = Label(level=Level.RESTRICTED, compartments=frozenset(), owner_unit=world.region.pk)
    with act(world.user(OFFICER), world.desk) as actor:
        report = hand_in(actor, label=label)
        version = services.sanitise_report(
            actor=actor,
            report=report,
            title="",
            text="A van left the yard.",
            removed="who said it",
            level=1,
            lowering_reason="the yard is public",
        )
        assert version.level == 2
        assert not selectors.usable_sanitisations(report, actor=actor).exists()
        with pytest.raises(WrongApprover):
            services.judge_sanitisation(actor=actor, sanitisation=version, is_approved=True)
    with act(world.user(HEAD), world.desk) as actor:
        services.judge_sanitisation(actor=actor, sanitisation=version, is_approved=True)
        with pytest.raises(AlreadyDone):
            services.judge_sanitisation(actor=actor, sanitisation=version, is_approved=True)
        kept = Sanitisation.objects.seen_by(actor).get(pk=version.pk)
        assert kept.level == 1
        assert [kept] == list(selectors.usable_sanitisations(report, actor=actor))
    reader = world.user(Role.STRATEGIC_ANALYST)
    reader.clearance = 1
    reader.save()
    with act(reader, world.desk) as actor:
        assert not Report.objects.seen_by(actor).filter(pk=report.pk).exists()
        assert [kept] == list(selectors.usable_sanitisations(report.pk, actor=actor))


def test_a_sanitised_version_sent_back_is_not_used(world: World, act: Act) -> None:
    """Sent back with a reason; the author writes another."""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        version = services.sanitise_report(
            actor=actor, report=report, title="", text="A van.", removed="names", level=1
        )
        with pytest.raises(EvaluationError, match="taken out"):
            services.sanitise_report(
                actor=actor, report=report, title="", text=report.text, removed="-", level=1
            )
    with act(world.user(HEAD), world.desk) as actor:
        with pytest.raises(ReasonMissing):
            services.judge_sanitisation(actor=actor, sanitisation=version, is_approved=False)
        services.judge_sanitisation(actor=actor, sanitisation=version, is_approved=False, note="The time.")
        assert not selectors.usable_sanitisations(report, actor=actor).exists()


def test_the_reporter_hears_what_became_of_the_report(world: World, act: Act) -> None:
    """A reply reaches the reporter with a notice. [COL-11]"""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        services.reply_to_reporter(actor=actor, report=report, kind="more_needed", text="Which gate?")
        with pytest.raises(EvaluationError, match="received"):
            services.reply_to_reporter(actor=actor, report=report, kind="thanks", text="x")
    with act(world.user(REPORTER), world.desk) as actor:
        assert Notice.objects.seen_by(actor).get().kind == "reply"
        assert [reply.text for reply in selectors.dossier(report, actor=actor).replies] == ["Which gate?"]


def test_a_dispute_stands_until_a_second_person_settles_it(world: World, act: Act) -> None:
    """Who disputes does not settle."""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        dispute = services.dispute_report(actor=actor, report=report, is_false=True, reason="Invented.")
        assert list(selectors.open_disputes([report], actor=actor)) == [dispute]
        with pytest.raises(WrongApprover):
            services.settle_dispute(actor=actor, dispute=dispute, reason="It was true.")
    with act(world.user(HEAD), world.desk) as actor:
        services.settle_dispute(actor=actor, dispute=dispute, reason="The plate was seen by a camera.")
        assert not selectors.open_disputes([report], actor=actor).exists()
        with pytest.raises(AlreadyDone):
            services.settle_dispute(actor=actor, dispute=dispute, reason="again")


@pytest.mark.parametrize(
    "role", [Role.REPORTING_OFFICER, Role.CHAIR, Role.STRATEGIC_ANALYST, Role.ADMINISTRATOR, Role.OVERSIGHT]
)
def test_only_evaluators_grade(world: World, act: Act, role: Role) -> None:
    """Grades are given by the people whose duty it is."""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        item = item_of(report, actor)
    with act(world.user(role), world.desk) as actor, pytest.raises(NotPermitted):
        services.evaluate_item(actor=actor, item=item, grade=GRADE)


def test_a_hidden_report_reads_like_an_absent_one(world: World, act: Act) -> None:
    """No reference tells that something exists beyond one's own reach."""
    with act(world.user(HEAD), world.desk) as actor:
        secret = hand_in(actor, label=confidential(world))
        made = services.evaluate_item(actor=actor, item=item_of(secret, actor), grade=GRADE)
    with act(world.user(OFFICER), world.desk) as actor:
        assert selectors.in_tray(actor=actor).count() == 0
        with pytest.raises(RecordNotFound) as hidden:
            selectors.by_ref(Evaluation, made.ref, actor=actor)
        with pytest.raises(RecordNotFound) as absent:
            selectors.by_ref(Evaluation, "E-0000-00", actor=actor)

    assert str(hidden.value).replace(made.ref, "?") == str(absent.value).replace("E-0000-00", "?")


def test_no_job_gives_a_grade(world: World, act: Act, settings: Any) -> None:
    """Evaluation codes are given by humans only: the watch leaves no grade behind."""
    settings.OPENILP_ESCALATION_MINUTES = 0
    reported(world, act, urgency="high")
    tasks.watch_for(actor_id=str(world.user(HEAD).pk), matter_id=str(world.desk.pk))
    with act(world.user(HEAD), world.desk) as actor:
        assert not Evaluation.objects.seen_by(actor).exists()


def test_the_profile_names_the_default_scheme() -> None:
    """The national profile decides which scheme opens first."""
    assert selectors.default_scheme() is reference.grading_scheme("europol-4x4", "1")
    assert timezone.now() > timezone.now() - timedelta(minutes=selectors.escalation_minutes())


def test_neither_a_stand_in_nor_a_second_account_is_a_second_person(world: World, act: Act) -> None:
    """What one wrote is not judged in one's place: grade, sanitised version and dispute. [EVA-05]"""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        grade = services.evaluate_item(actor=actor, item=item_of(report, actor), grade=GRADE)
        version = services.sanitise_report(
            actor=actor, report=report, title="", text="A van.", removed="names", level=1
        )
        dispute = services.dispute_report(actor=actor, report=report, is_false=True, reason="Invented.")
    for actor in not_second(world, act, OFFICER):
        with pytest.raises(WrongApprover):
            services.review_evaluation(actor=actor, evaluation=grade, agrees=True)
        with pytest.raises(WrongApprover):
            services.judge_sanitisation(actor=actor, sanitisation=version, is_approved=True)
        with pytest.raises(WrongApprover):
            services.settle_dispute(actor=actor, dispute=dispute, reason="It was true.")


def test_in_whose_place_it_was_written_is_no_second_person(world: World, act: Act) -> None:
    """What a colleague recorded while standing in is one's own: it is judged by somebody else. [EVA-05]"""
    report = reported(world, act)
    stand_in = in_place_of(world, act, HEAD)
    with acting(stand_in, "test"):
        grade = services.evaluate_item(actor=stand_in, item=item_of(report, stand_in), grade=GRADE)
        dispute = services.dispute_report(actor=stand_in, report=report, is_false=True, reason="Invented.")
    with act(world.user(HEAD), world.desk) as actor:
        with pytest.raises(WrongApprover):
            services.review_evaluation(actor=actor, evaluation=grade, agrees=True)
        with pytest.raises(WrongApprover):
            services.settle_dispute(actor=actor, dispute=dispute, reason="It was true.")
    with act(world.user(OFFICER), world.desk) as actor:
        services.review_evaluation(actor=actor, evaluation=grade, agrees=True)
