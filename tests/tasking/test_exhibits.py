"""What a meeting is shown is frozen when it is opened; what changes afterwards is said, and decided knowingly."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from openilp.analysis.canonical import digest
from openilp.analysis.models import Edition
from openilp.dissemination.models import Recall, Release
from openilp.evaluation.models import Dispute, Evaluation
from openilp.review.services import record_outcome
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.roles import Role
from openilp.tasking import selectors, services
from openilp.tasking.changes import SENTENCES, Change, differences, token_of
from openilp.tasking.errors import EvidenceChanged
from openilp.tasking.models import DecisionBasis, Exhibit
from tests.factories import World
from tests.review.growing import grow
from tests.tasking import story

Act = Callable[..., Any]


def opened(actor: Any, world: World) -> tuple[Any, Any, Any]:
    """Open a meeting with a product before it; return product, meeting and the point."""
    made = story.product(actor, world)
    row = story.opened(actor, world)
    item = next(i for i in selectors.agenda_of(row, actor=actor) if i.kind == "recommendation")
    return made, row, item


def grade_anew(actor: Any, world: World) -> Evaluation:
    """Grade the product's item a second time."""
    first = Evaluation.objects.seen_by(actor).get(supersedes=None)
    values = {"scheme": "europol-4x4", "source_grade": "D", "information_grade": "4", "handling": "H1"}
    made: Evaluation = grow(Evaluation, actor=actor, world=world, item=first.item, supersedes=first, **values)
    return made


def test_opening_freezes_what_each_point_shows(world: World, act: Act) -> None:
    """[TCG-03] Edition, grades, assessments and recommendations stand in the exhibit under its hash."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made, _row, item = opened(actor, world)
        (shown,) = selectors.exhibits_of(item, actor=actor)
        grade_anew(actor, world)
        (kept,) = selectors.exhibits_of(item, actor=actor)
        edition = shown.edition

    assert edition is not None
    assert (shown.product_id, edition.number) == (made.pk, 1)
    assert kept.content["citations"][0]["evaluation"]["source"] == "B"
    assert [r["text"] for r in kept.content["recommendations"]] == ["Targeted patrol", "Window locks"]
    assert kept.sha256 == digest(kept.content)


def test_before_the_opening_nothing_is_frozen_and_a_later_point_is_frozen_when_it_comes(
    world: World, act: Act
) -> None:
    """[TCG-03] The pack is what the members were shown, not what somebody prepared a week before."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        story.product(actor, world)
        row = story.meeting(actor, world)
        before = Exhibit.objects.seen_by(actor).count()
        row = services.open_meeting(actor=actor, meeting=row, present=[world.user(Role.CHAIR)])
        second = story.product(actor, world)
        (added,) = services.fill_agenda(actor=actor, meeting=row)
        (late,) = selectors.exhibits_of(added, actor=actor)

    assert before == 0
    assert late.product_id == second.pk


def test_tasks_come_with_what_came_of_them(world: World, act: Act) -> None:
    """[TCG-03] Owner, day, hours and outcome of each task are frozen; a secret task only for who may see it."""
    secret = Label(Level.CONFIDENTIAL, frozenset(), world.region.pk)
    with act(world.user(Role.CHAIR), world.desk) as actor:
        story.operation(actor, world)
        task = selectors.tasks(actor=actor).get()
        first = selectors.meetings(actor=actor).get()
        services.close_meeting(actor=actor, meeting=first)
        said: dict[str, Any] = {
            "result": "achieved",
            "text": "Two arrests.",
            "happened_on": timezone.localdate(),
        }
        record_outcome(actor=actor, task=task, **said)
        grow(type(task), actor=actor, world=world, label=secret, operation=task.operation)
        row = story.opened(actor, world)
        point = selectors.agenda_of(row, actor=actor)[0]
        of_chair = {each.task_id: each for each in selectors.exhibits_of(point, actor=actor)}
        shown = of_chair[task.pk]

    assert shown.content["outcome"]["text"] == "Two arrests."
    assert (shown.content["is_over"], shown.content["hours_planned"]) == (True, 40)
    assert len(of_chair) == 2
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        assert [each.task_id for each in selectors.exhibits_of(point, actor=actor)] == [task.pk]


def test_a_decision_binds_to_the_exhibit(world: World, act: Act) -> None:
    """[TCG-03] It keeps the frozen content, its hash and its reference, and the basis points at it."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made, row, item = opened(actor, world)
        (shown,) = selectors.exhibits_of(item, actor=actor)
        decision = services.decide(actor=actor, meeting=row, item=item, new=story.new_decision(actor, made))
        basis = DecisionBasis.objects.seen_by(actor).get(decision=decision)

    (kept,) = decision.evidence["products"]
    assert (kept["exhibit"], kept["sha256"]) == (shown.ref, shown.sha256)
    assert {key: kept[key] for key in shown.content} == shown.content
    assert basis.exhibit_id == shown.pk
    assert decision.evidence_sha256 == digest(decision.evidence)


def recall(actor: Any, world: World) -> str:
    """Release the edition and recall it."""
    edition = Edition.objects.seen_by(actor).get()
    release = grow(Release, actor=actor, world=world, edition=edition)
    grow(Recall, actor=actor, world=world, release=release, reason="The source lied")
    return "recalled"


def falsify(actor: Any, world: World) -> str:
    """Find the report false."""
    item = Evaluation.objects.seen_by(actor).get().item
    grow(Dispute, actor=actor, world=world, report=item.report, is_false=True)
    return "false"


def regrade(actor: Any, world: World) -> str:
    """Give another grade."""
    grade_anew(actor, world)
    return "superseded"


def new_edition(actor: Any, world: World) -> str:
    """Finish another edition."""
    first = Edition.objects.seen_by(actor).get()
    grow(Edition, actor=actor, world=world, product=first.product, number=2)
    return "edition"


@pytest.mark.parametrize("happens", [recall, falsify, regrade, new_edition])
def test_what_changed_after_the_opening_is_decided_knowingly(
    world: World, act: Act, happens: Callable[[Any, World], str]
) -> None:
    """[TCG-03] Refused with the change in words; taken when the chair has read it, and kept with the decision."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made, row, item = opened(actor, world)
        code = happens(actor, world)
        new = story.new_decision(actor, made)
        with pytest.raises(EvidenceChanged) as caught:
            services.decide(actor=actor, meeting=row, item=item, new=new)
        wrong = story.new_decision(actor, made, knowing="of something else")
        with pytest.raises(EvidenceChanged):
            services.decide(actor=actor, meeting=row, item=item, new=wrong)
        knowing = story.new_decision(actor, made, knowing=caught.value.token)
        decision = services.decide(actor=actor, meeting=row, item=item, new=knowing)
        since = selectors.changes_after(decision, actor=actor)

    assert [change["code"] for change in decision.evidence["changed"]] == [code]
    assert caught.value.field == "knowing"
    assert decision.evidence["products"][0]["edition"]["number"] == 1
    assert since == ()


def test_what_changes_after_the_decision_is_said_on_it(world: World, act: Act) -> None:
    """[TCG-03] The decision stays; its page says that the report was found false since."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        decision = story.decided(actor, world)
        falsify(actor, world)
        since = selectors.changes_after(decision, actor=actor)
    client = Client()
    client.force_login(world.user(Role.CHAIR))
    page = client.get(f"/tasking/decisions/{decision.ref}").content.decode()

    assert [change.code for change in since] == ["false"]
    assert since[0].words in page


def test_the_screen_shows_the_change_and_takes_the_knowing_decision(world: World, act: Act) -> None:
    """[TCG-03] Sent without the tick: 409 and nothing typed is lost; with it: decided."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        _made, row, item = opened(actor, world)
        falsify(actor, world)
        token = token_of(selectors.changes_since(selectors.exhibits_of(item, actor=actor), actor=actor))
    client = Client()
    client.force_login(world.user(Role.CHAIR))
    url = f"/tasking/meetings/{row.ref}/screen/{item.number}"
    law = {"necessity": "Yes.", "proportionality": "Yes.", "non_discrimination": "Nobody."}
    day = (timezone.localdate() + timedelta(days=42)).isoformat()
    values = {"chosen": "A", "reasons": "The night is long.", "effect_review_on": day, **law}
    shown = client.get(url).content.decode()
    refused = client.post(url, values)
    done = client.post(url, values | {"knowing": token})
    pack = client.get(f"/tasking/meetings/{row.ref}/pack").content.decode()

    assert f'value="{token}"' in shown
    assert "was found false" in shown
    assert refused.status_code == 409
    assert "The night is long." in refused.content.decode()
    assert done.status_code == 302, done.content
    assert "was found false" in pack


def test_the_api_gives_exhibits_changes_and_what_to_send(world: World, act: Act) -> None:
    """[TCG-03] GET says what was shown, what changed and which word confirms it."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        _made, row, item = opened(actor, world)
        regrade(actor, world)
    client = Client()
    client.force_login(world.user(Role.CHAIR))
    body = client.get(f"/api/v1/tasking/meetings/{row.ref}/agenda/{item.number}/exhibits").json()

    assert [(c["code"], c["before"], c["now"]) for c in body["changes"]] == [("superseded", "B2 H1", "D4 H1")]
    assert body["exhibits"][0]["content"]["edition"]["number"] == 1
    assert len(body["knowing"]) == 16


def test_minutes_name_the_exhibits_and_what_was_known_to_have_changed(world: World, act: Act) -> None:
    """[TCG-03] Reference, edition and hash of what was laid before the meeting."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made, row, item = opened(actor, world)
        falsify(actor, world)
        (shown,) = selectors.exhibits_of(item, actor=actor)
        token = token_of(selectors.changes_since([shown], actor=actor))
        new = story.new_decision(actor, made, knowing=token)
        services.decide(actor=actor, meeting=row, item=item, new=new)
        minutes = services.close_meeting(actor=actor, meeting=row)

    point = minutes.content["agenda"][-1]
    assert [(e["ref"], e["edition"], e["sha256"]) for e in point["exhibits"]] == [
        (shown.ref, 1, shown.sha256)
    ]
    assert point["decision"]["changed"] == [Change("false", shown.content["citations"][0]["item"]).words]


def test_an_exhibit_is_as_secret_as_what_it_shows(world: World, act: Act) -> None:
    """Who may not see the evidence sees neither the exhibit nor its point, and no gap in the numbers."""
    secret = Label(Level.CONFIDENTIAL, frozenset(), world.region.pk)
    with act(world.user(Role.CHAIR), world.desk) as actor:
        first = story.product(actor, world)
        row = story.meeting(actor, world)
        item = selectors.agenda_of(row, actor=actor)[-1]
        closed = services.meetings._number(
            actor, row, {"kind": "free", "title": "Closed part", "label": secret}
        )
        opened_row = services.open_meeting(actor=actor, meeting=row, present=[world.user(Role.CHAIR)])
        after = services.add_agenda_item(actor=actor, meeting=opened_row, title="After it")
    with act(world.user(Role.PLAN_OWNER), world.desk) as actor:
        seen = [i.number for i in selectors.agenda_of(row, actor=actor)]

    assert first.title == item.title
    assert closed.number > 100
    assert seen == list(range(1, len(seen) + 1))
    assert after.number == seen[-1]


def test_only_managers_freeze(world: World, act: Act) -> None:
    """Another role is refused."""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor, pytest.raises(NotPermitted):
        services.freeze_exhibits(actor=actor, items=[])


WORDS = st.text("abc", min_size=1, max_size=3)
GRADE = st.fixed_dictionaries({"source": WORDS, "information": WORDS, "handling": WORDS})
PRODUCT = st.fixed_dictionaries(
    {
        "product": st.just({"ref": "P-1"}),
        "edition": st.fixed_dictionaries(
            {
                "ref": st.just("ED-1"),
                "number": st.just(1),
                "newest": st.integers(1, 3),
                "recalled": st.just(""),
            }
        ),
        "citations": st.lists(
            st.fixed_dictionaries({"item": WORDS, "evaluation": GRADE}), unique_by=lambda c: str(c["item"])
        ),
        "stale": st.lists(
            st.fixed_dictionaries({"item": WORDS, "reason": st.sampled_from(["false", "superseded"])}),
            unique_by=lambda c: str(c["item"]),
        ),
        "assessments": st.lists(st.fixed_dictionaries({"ref": WORDS}), unique_by=lambda c: c["ref"]),
        "recommendations": st.lists(
            st.fixed_dictionaries({"ref": WORDS, "text": WORDS}), unique_by=lambda c: c["ref"]
        ),
        "figures": st.lists(
            st.fixed_dictionaries({"run": WORDS, "digest": WORDS}), unique_by=lambda c: c["run"]
        ),
    }
)


@given(PRODUCT, PRODUCT)
def test_nothing_changed_is_no_change_and_every_change_has_words(
    shown: dict[str, Any], now: dict[str, Any]
) -> None:
    """The same content differs in nothing; any two contents differ in words; the token tells lists apart."""
    found = differences("product", shown, now)

    assert differences("product", shown, deepcopy(shown)) == ()
    assert all(change.words and change.code in SENTENCES for change in found)
    assert bool(token_of(found)) == bool(found)
    assert {c["item"] for c in shown["citations"]} - {c["item"] for c in now["citations"]} == {
        change.ref for change in found if change.code == "uncited" and change.ref in _items(shown, now)
    }


def _items(shown: dict[str, Any], now: dict[str, Any]) -> set[str]:
    return {c["item"] for c in shown["citations"]} - {c["item"] for c in now["citations"]}
