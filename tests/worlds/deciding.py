"""The second half of the process in a world: what it means, who is told, what is decided and what came of it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from openilp import reference
from openilp.analysis import blueprints
from openilp.analysis import services as analysis
from openilp.analysis.models import Citation, Edition, Product, Recommendation
from openilp.analysis.services import NewAssessment, NewRecommendation, Selection, Terms, Weighed
from openilp.collection.models import Report
from openilp.dissemination import services as dissemination
from openilp.review import services as review
from openilp.review.rules import Comparison
from openilp.review.services import Measurement
from openilp.safeguards import approvals, emergencies, relabelling, sensitive
from openilp.safeguards.people import accounts, issue_token
from openilp.safeguards.roles import Role
from openilp.tasking import comparing, selectors, services
from openilp.tasking.comparing import Cell, Criterion
from openilp.tasking.models import Decision, Operation, Task
from openilp.tasking.rules import Answers, Option, with_nothing
from openilp.tasking.services import NewComparison, NewDecision, NewResponse, NewTask
from tests.worlds.agency import BASIS, Agency
from tests.worlds.erasing import erase_an_old_report, look_at_clocks
from tests.worlds.knowing import ANALYST, CHAIR, HEAD, OFFICER, REPORTER, Known, in_days

STRATEGIC, OWNER, COORDINATOR = Role.STRATEGIC_ANALYST, Role.PLAN_OWNER, Role.TASKING_COORDINATOR
#: Where an edition can wait: with its reviewer, with who approves, with who releases.
_STAGES = 3
_ANSWERS = Answers("Yes: letters changed nothing.", "Yes, for six weeks.", "Night-shift workers of the port.")


def carry_on(agency: Agency, known: Known, rows: int) -> None:
    """Walk the second half."""
    runs = _study(agency, known)
    editions = [_product(agency, known, runs, n, rows) for n in range(rows)]
    _draft(agency, known)
    _tell(agency, editions, known)
    _leave_waiting(agency, [_product(agency, known, runs, 0, rows) for _ in range(_STAGES)])
    decisions = _meet(agency, known, editions)
    tasks = _operate(agency, decisions, rows)
    _look_back(agency, known, tasks)


def _study(agency: Agency, known: Known) -> list[Any]:
    with agency.acting(ANALYST) as actor:
        frozen = analysis.take_snapshot(
            actor=actor,
            selection=Selection(date(2023, 1, 1), date(2024, 12, 31), ["burglary"]),
            title="Burglaries of two years",
            legal_basis=BASIS,
        )
        network = analysis.take_network_snapshot(
            actor=actor, matter=agency.desk.pk, title="Links of the desk", legal_basis=BASIS
        )
        asked = known.requirements[0]
        return [
            analysis.run_method(actor=actor, snapshot=frozen, method="hot_spots_count", requirement=asked),
            analysis.run_method(actor=actor, snapshot=frozen, method="monthly_trend", requirement=asked),
            analysis.run_method(actor=actor, snapshot=network, method="network_measures"),
        ]


def _draft(agency: Agency, known: Known) -> None:
    """Leave a draft that two people wrote on, and that stays with its unit."""
    with agency.acting(ANALYST) as actor:
        product = analysis.start_product(
            actor=actor,
            product_type="operational_assessment",
            title="Vans by night",
            terms=Terms("Whose are they?", agency.plain[COORDINATOR]),
            requirement=known.requirements[0],
            legal_basis=BASIS,
        )
    with agency.acting(HEAD) as actor:
        saved = analysis.save_product(
            actor=actor, product=product, revision=product.revision, title=product.title, blocks=product.body
        )
        label = replace(saved.label, originator_control=True)
        relabelling.tighten_label(actor=actor, row=saved, label=label, reason="It names the region's source.")


def _product(agency: Agency, known: Known, runs: list[Any], n: int, rows: int) -> Edition:
    width = rows if n == 0 else 1
    items = [*known.items[:width], *([known.theirs] if n == rows - 1 else [])]
    with agency.acting(ANALYST) as actor:
        judged = analysis.record_assessment(
            actor=actor,
            new=NewAssessment(
                f"One group commits series {n}.", "likely", "moderate", "Several officers agree."
            ),
            evidence=[Weighed(item, supports=True) for item in items],
            requirement=known.requirements[n],
            legal_basis=BASIS,
        )
        product = analysis.start_product(
            actor=actor,
            product_type="problem_profile",
            title=f"Burglaries by the back door {n}",
            terms=Terms("Who does it?", agency.plain[CHAIR]),
            requirement=known.requirements[n],
            priority=known.priorities[n],
            legal_basis=BASIS,
        )
        blocks = [{**block, "text": f"Seen at the yard [{items[0].ref}]."} for block in product.body]
        blocks.append({"id": "r-1", "kind": "run", "section": "where", "run": runs[0].ref})
        blocks.append({"id": "a-1", "kind": "assessment", "section": "judgement", "assessment": judged.ref})
        saved = analysis.save_product(
            actor=actor, product=product, revision=product.revision, title=product.title, blocks=blocks
        )
        analysis.cite_items(actor=actor, product=saved, items=items)
        extra = analysis.cite_items(actor=actor, product=saved, items=[known.items[-1]])
        for m in range(width + 1):
            analysis.recommend(
                actor=actor,
                product=saved,
                new=NewRecommendation(
                    f"Patrol {n}.{m}", "pursue", "Fewer entries", 40, Decimal(900), 90, 330
                ),
            )
        last = Recommendation.objects.seen_by(actor).filter(product=saved).order_by("-number").first()
        analysis.remove_recommendation(actor=actor, recommendation=last)
        analysis.remove_citation(actor=actor, citation=Citation.objects.seen_by(actor).get(pk=extra[-1].pk))
        current: Product = Product.objects.seen_by(actor).get(pk=saved.pk)
        checked = {question.code: "Looked at; nothing." for question in blueprints.RIGHTS_QUESTIONS}
        return analysis.finish_product(
            actor=actor, product=current, revision=current.revision, rights_check=checked
        )


def _tell(agency: Agency, editions: list[Edition], known: Known) -> None:
    with agency.acting(ANALYST) as actor:
        for edition in editions:
            dissemination.name_reviewer(actor=actor, edition=edition, reviewer=agency.plain[STRATEGIC])
        asked = dissemination.ask_consent(
            actor=actor,
            edition=editions[-1],
            item=known.theirs,
            unit=agency.units["R1"],
            reason="The region has the same series.",
        )
    with agency.acting(STRATEGIC) as actor:
        for edition in editions:
            dissemination.review_edition(actor=actor, edition=edition, is_sound=True, note="Sound.")
    with agency.acting(REPORTER) as actor:
        dissemination.answer_consent(actor=actor, request=asked, is_given=True, note="Yes.")
    readers = [agency.plain[role] for role in (CHAIR, COORDINATOR, OWNER)]
    releases = []
    with agency.acting(HEAD) as actor:
        for edition in editions:
            dissemination.approve_edition(actor=actor, edition=edition, is_approved=True, note="Goes out.")
            releases.append(
                dissemination.release_edition(
                    actor=actor,
                    edition=edition,
                    readers=readers,
                    reason="For the meeting.",
                    now=timezone.now(),
                )
            )
    with agency.acting(CHAIR) as actor:
        for release in releases:
            dissemination.acknowledge_release(actor=actor, release=release)
            dissemination.rate_release(actor=actor, release=release, value="useful", comment="Maps help.")
    with agency.acting(HEAD) as actor:
        dissemination.recall_release(actor=actor, release=releases[-1], reason="A source proved false.")


def _leave_waiting(agency: Agency, editions: list[Edition]) -> None:
    """Leave an edition with its reviewer, one with the head, and one ready to go out."""
    with agency.acting(ANALYST) as actor:
        for edition in editions:
            dissemination.name_reviewer(actor=actor, edition=edition, reviewer=agency.plain[STRATEGIC])
    with agency.acting(STRATEGIC) as actor:
        for edition in editions[1:]:
            dissemination.review_edition(actor=actor, edition=edition, is_sound=True, note="Sound.")
    with agency.acting(HEAD) as actor:
        dissemination.approve_edition(actor=actor, edition=editions[2], is_approved=True, note="Goes out.")


def _meet(agency: Agency, known: Known, editions: list[Edition]) -> list[Decision]:
    decisions = []
    for n, edition in enumerate(editions):
        with agency.acting(CHAIR) as actor:
            meeting = services.call_meeting(
                actor=actor,
                kind="regional_operational",
                title=f"Tasking meeting {n}",
                unit=agency.units["R1"],
                chair=agency.plain[CHAIR],
                starts_at=timezone.now() + timedelta(hours=n),
                members=[agency.plain[HEAD], agency.plain[OWNER]],
                legal_basis=BASIS,
            )
            services.add_agenda_item(actor=actor, meeting=meeting, title="Any other business")
            compared = services.compare_problems(actor=actor, meeting=meeting, new=_comparison())
            if n == 0:
                services.compare_problems(
                    actor=actor, meeting=meeting, new=_comparison(), supersedes=compared
                )
            meeting = services.open_meeting(actor=actor, meeting=meeting, present=[agency.plain[CHAIR]])
            decisions.append(_decide(agency, actor, meeting, known, edition))
            if n == 0:
                urgent = services.decide_emergency(
                    actor=actor, new=_decision("Guard the quay tonight", None, ()), legal_basis=BASIS
                )
                services.ratify_decision(
                    actor=actor,
                    decision=urgent,
                    meeting=meeting,
                    is_ratified=True,
                    reason="Right at the time.",
                )
                services.close_meeting(actor=actor, meeting=meeting)
    return decisions


def _comparison() -> NewComparison:
    criteria = reference.vocabulary(comparing.CRITERIA).codes
    cells = {key: {code: Cell("grave", "moderate") for code in criteria} for key in "AB"}
    return NewComparison(
        title="What first?",
        candidates=["Vans at the yard", "Bicycles at the station"],
        criteria=[Criterion(code) for code in criteria],
        cells=cells,
        conclusion="The vans.",
    )


def _decision(title: str, priority: Any, evidence: Any, **more: Any) -> NewDecision:
    options = [
        Option("ABCDEFGHIJKLMNOP"[i], r.text, r.hours, r.money, r.harm_low, r.harm_high, r.ref)
        for found in evidence
        for i, r in enumerate(found.recommendations)
    ] or [Option("A", "Guard it", 40)]
    return NewDecision(
        title=title,
        options=with_nothing(options, text="Do nothing"),
        chosen="A",
        reasons="The pattern is firm.",
        answers=_ANSWERS,
        effect_review_on=in_days(42),
        evidence=evidence,
        priority=priority,
        **more,
    )


def _decide(agency: Agency, actor: Any, meeting: Any, known: Known, edition: Edition) -> Decision:
    product = Product.objects.seen_by(actor).get(pk=edition.product_id)
    evidence = selectors.evidence_for(product, actor=actor)
    rows = evidence.recommendations
    agenda = selectors.agenda_of(meeting, actor=actor)
    point = next(i for i in agenda if i.recommendation_id in {r.pk for r in rows})
    new = _decision(
        f"On {product.title}",
        known.priorities[0],
        [evidence],
        responses=[NewResponse(r, "accept" if r is rows[0] else "reject", "As proposed.") for r in rows],
    )
    decision = services.decide(actor=actor, meeting=meeting, item=point, new=new)
    services.commission_requirement(
        actor=actor,
        decision=decision,
        question="Who buys the goods?",
        why="To go on.",
        due_on=in_days(30),
        urgency="low",
    )
    return decision


def _operate(agency: Agency, decisions: list[Decision], rows: int) -> list[Task]:
    with agency.acting(CHAIR) as actor:
        for n in range(rows):
            services.commit_resource(
                actor=actor,
                unit=agency.units["R1"],
                kind="patrol",
                starts_on=in_days(n),
                ends_on=in_days(n + 9),
                hours=200,
                legal_basis=BASIS,
            )
        for n, decision in enumerate(decisions):
            new = [
                NewTask(
                    f"Walk the quay {n}.{m}", "prevent", agency.plain[OWNER], in_days(14), 40, Decimal(50)
                )
                for m in range(rows if n == 0 else 1)
            ]
            services.open_operation(
                actor=actor,
                decision=decision,
                name=f"Operation Ferry {n}",
                goals="A tenth fewer.",
                plan_owner=agency.plain[OWNER],
                starts_on=in_days(0),
                ends_on=in_days(42),
                members=[agency.plain[role] for role in (CHAIR, HEAD, ANALYST, OFFICER)],
                tasks=new,
            )
    with agency.acting(OWNER) as actor:
        own = Task.objects.seen_by(actor).filter(owner=agency.plain[OWNER])
        tasks = list(own.order_by("created_at", "title"))
        for task in tasks:
            services.change_task(actor=actor, task=task, reason="Rain.", due_on=in_days(16))
            services.record_effort(actor=actor, task=task, spent_on=in_days(0), hours=Decimal(6), note="Two.")
    return tasks


def _look_back(agency: Agency, known: Known, tasks: list[Task]) -> None:
    outcomes = []
    with agency.acting(OWNER) as actor:
        for task in tasks[:-1]:
            outcomes.append(
                review.record_outcome(
                    actor=actor, task=task, result="achieved", text="None tried.", happened_on=in_days(0)
                )
            )
        review.correct_outcome(
            actor=actor, outcome=outcomes.pop(), result="partly_achieved", text="One.", happened_on=in_days(0)
        )
    results = []
    with agency.acting(HEAD) as actor:
        begun = Operation.objects.seen_by(actor).filter(created_by=agency.plain[CHAIR])
        for operation in begun.order_by("created_at"):
            results.append(
                review.analyse_results(
                    actor=actor,
                    wanted=Measurement(
                        priority=known.priorities[0],
                        comparison=Comparison(
                            date(2023, 1, 1), date(2023, 6, 30), date(2024, 1, 1), date(2024, 6, 30)
                        ),
                        operation=operation,
                        unit=agency.units["R1"],
                        control=agency.units["R2"],
                    ),
                    reading="The interval holds no change.",
                )
            )
        for outcome in outcomes:
            review.draw_lesson(
                actor=actor,
                text="Ask customs earlier.",
                outcome=outcome,
                results=results[0],
                question="What does customs know?",
                due_on=in_days(40),
            )


def _mark_sensitive(agency: Agency) -> None:
    """Mark two reports that no address names first or last; one is opened with a reason, the other's mark ends."""
    with agency.acting(HEAD) as actor:
        reports = Report.objects.seen_by(actor).order_by("created_at", "pk")
        marked, ended = (row.ref for row in reports[1:3])
        for ref in (marked, ended):
            sensitive.mark_sensitive(actor=actor, reference=ref, reason="The witness is a colleague.")
        sensitive.end_sensitive(actor=actor, reference=ended, reason="The colleague has agreed.")
    with agency.acting(OFFICER) as actor:
        sensitive.open_sensitive(actor=actor, reference=marked, reason="The chair asks who saw the van.")


def administer(agency: Agency) -> None:
    """Ask and answer approvals, break the glass once, and issue a token to each account."""
    user = agency.plain[Role.LIAISON_OFFICER]
    subject = accounts.resetting(user=user)
    with agency.acting(Role.ADMINISTRATOR) as actor:
        asked = approvals.ask(actor=actor, subject=subject, reason="He forgot it on leave.")
        approvals.ask(
            actor=actor,
            subject=accounts.resetting(user=agency.plain[STRATEGIC]),
            reason="She forgot hers too.",
        )
    with agency.acting(Role.ADMINISTRATOR, cleared=True) as actor:
        approvals.answer(actor=actor, request=asked, digest=asked.digest, is_approved=True)
    with agency.acting(Role.ADMINISTRATOR) as actor:
        accounts.reset_password(actor=actor, user=user, approval=asked)
    with agency.acting(OFFICER) as actor:
        broken = emergencies.break_glass(
            actor=actor,
            matter=agency.ember.ref,
            reason_code=emergencies.REASONS[0],
            reason="A child is in the burning yard.",
            minutes=30,
        )
        emergencies.end_emergency(actor=actor, emergency=broken)
    with agency.acting(Role.DATA_PROTECTION_OFFICER) as actor:
        emergencies.review_emergency(
            actor=actor, emergency=broken, is_justified=True, finding="The life of a child was at stake."
        )
    _mark_sensitive(agency)
    erase_an_old_report(agency)
    look_at_clocks(agency)
    type(user).objects.filter(pk=user.pk).update(must_change_password=False)
    for role in Role:
        with agency.acting(role) as actor:
            issue_token(actor=actor, name="reader")
