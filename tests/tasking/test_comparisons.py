"""Candidate problems side by side: words by each criterion, weights in sight, no total, and never a person."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from openilp import reference
from openilp.analysis.models import Product
from openilp.safeguards.errors import Conflict, NotPermitted
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.roles import Role
from openilp.tasking import comparing, selectors, services
from openilp.tasking.comparing import Candidate, Cell, Criterion
from openilp.tasking.documents import minutes_data, minutes_pdf
from openilp.tasking.errors import TaskingError
from openilp.tasking.models import Comparison
from openilp.tasking.services import NewComparison
from tests.factories import World
from tests.review.growing import grow
from tests.tasking import story

Act = Callable[..., Any]
CODES = reference.vocabulary(comparing.CRITERIA).codes
DEGREES = reference.vocabulary(comparing.DEGREES).codes
CRITERIA = [Criterion(code) for code in CODES]


def judged(*degrees: str) -> dict[str, dict[str, Cell]]:
    """Return the same degree by every criterion for A, B …"""
    return {
        key: {code: Cell(degree, "moderate") for code in CODES}
        for key, degree in zip("ABCDEFGH", degrees, strict=False)
    }


def a_comparison(**more: Any) -> NewComparison:
    """Return two problems in words, the first the graver one."""
    values: dict[str, Any] = {
        "title": "What first?",
        "candidates": ["Burglary at the harbour", "Speeding on the ring"],
        "criteria": CRITERIA,
        "cells": judged("grave", "slight"),
        "conclusion": "The harbour first.",
    }
    return NewComparison(**values | more)


@given(
    st.lists(
        st.lists(st.sampled_from(DEGREES), min_size=len(CODES), max_size=len(CODES)), min_size=2, max_size=6
    )
)
def test_what_is_read_needs_no_weighing(drawn: list[list[str]]) -> None:
    """[TCG-06] By each criterion somebody leads; who is below another is never above it; nobody is below itself."""
    candidates = [Candidate(key, "problem", key) for key, _ in zip("ABCDEF", drawn, strict=False)]
    cells = {
        c.key: {code: Cell(degree, "high") for code, degree in zip(CODES, row, strict=True)}
        for c, row in zip(candidates, drawn, strict=True)
    }
    found = {reading.key: reading for reading in comparing.readings(CRITERIA, candidates, cells)}

    assert {code for reading in found.values() for code in reading.leads} == set(CODES)
    for key, reading in found.items():
        assert key not in reading.below
        assert all(key not in found[other].below for other in reading.below)


def test_a_comparison_keeps_words_weights_and_figures_and_no_total(world: World, act: Act) -> None:
    """[TCG-06] Criteria with weights, a degree with confidence and reason each; nothing is added up."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made = story.product(actor, world)
        row = story.meeting(actor, world)
        new = a_comparison(candidates=[made.ref, "Speeding on the ring"])
        kept = services.compare_problems(actor=actor, meeting=row, new=new)
        (found,) = selectors.comparisons_in(row, actor=actor)

    assert found == kept
    assert kept.candidates[0]["ref"] == made.ref
    assert kept.candidates[0]["figures"]["prevented"] == [[90.0, 330.0], [20.0, 280.0]]
    assert kept.criteria[0] == {"code": CODES[0], "weight": "counts"}
    assert not {"score", "total", "rank"} & {key for row in kept.cells.values() for key in row}


def test_persons_are_not_compared(world: World, act: Act) -> None:
    """[TCG-06] A subject profile, and a text that names an entity, are refused with the field."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.meeting(actor, world)
        profile = grow(Product, actor=actor, world=world, product_type="subject_profile", priority=None)
        errors = []
        for name in (profile.ref, "What EN-2345-6789 does"):
            new = a_comparison(candidates=[name, "Speeding"])
            with pytest.raises(TaskingError, match="compare problems") as caught:
                services.compare_problems(actor=actor, meeting=row, new=new)
            errors.append(caught.value.field)

    assert errors == ["candidates", "candidates"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"candidates": ["Only one"]}, "candidates"),
        ({"criteria": []}, "criteria"),
        ({"criteria": [Criterion("tea")]}, "criteria"),
        ({"criteria": [Criterion(CODES[0], "12")]}, "criteria"),
        ({"cells": judged("grave")}, "cells"),
        ({"cells": judged("grave", "enormous")}, "cells"),
        ({"title": " "}, "title"),
    ],
)
def test_a_comparison_in_bad_words_is_refused(
    world: World, act: Act, change: dict[str, Any], field: str
) -> None:
    """The error names the field."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.meeting(actor, world)
        with pytest.raises(TaskingError) as caught:
            services.compare_problems(actor=actor, meeting=row, new=a_comparison(**change))

    assert caught.value.field == field


def test_two_editors_of_a_comparison_do_not_lose_each_others_words(world: World, act: Act) -> None:
    """The second, who rests on the version before, gets a conflict; the first version stays on record."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.meeting(actor, world)
        first = services.compare_problems(actor=actor, meeting=row, new=a_comparison())
        second = services.compare_problems(
            actor=actor, meeting=row, new=a_comparison(conclusion="Both."), supersedes=first
        )
        with pytest.raises(Conflict, match=second.ref):
            services.compare_problems(actor=actor, meeting=row, new=a_comparison(), supersedes=first)
        standing = selectors.comparisons_in(row, actor=actor)

    assert standing == [second]


def test_a_comparison_is_as_secret_as_what_it_compares(world: World, act: Act) -> None:
    """A confidential product makes the matrix confidential."""
    secret = Label(Level.CONFIDENTIAL, frozenset(), world.region.pk)
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made = grow(Product, actor=actor, world=world, title="Secret", label=secret, priority=None)
        row = story.meeting(actor, world)
        new = a_comparison(candidates=[made.ref, "Speeding"])
        kept = services.compare_problems(actor=actor, meeting=row, new=new)
    with act(world.user(Role.PLAN_OWNER), world.desk) as actor:
        assert not selectors.comparisons(actor=actor).exists()
        with pytest.raises(NotPermitted):
            services.compare_problems(actor=actor, meeting=row, new=a_comparison())

    assert kept.level == Level.CONFIDENTIAL


def test_the_decision_on_a_point_names_its_comparison(world: World, act: Act) -> None:
    """[TCG-06] What was compared before choosing stands on the decision and in the minutes."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        made = story.product(actor, world)
        row = story.opened(actor, world)
        item = selectors.agenda_of(row, actor=actor)[-1]
        kept = services.compare_problems(actor=actor, meeting=row, item=item, new=a_comparison())
        decision = services.decide(actor=actor, meeting=row, item=item, new=story.new_decision(actor, made))
        minutes = services.close_meeting(actor=actor, meeting=row)
        shown = minutes_data(minutes, actor=actor)["comparisons"]
        pdf = minutes_pdf(minutes, actor=actor)

    assert decision.comparison_id == kept.pk
    assert [c["ref"] for c in minutes.content["comparisons"]] == [kept.ref]
    assert shown[0]["rows"][0][2].startswith("Grave")
    assert pdf.startswith(b"%PDF-")


def browser(world: World, role: Role) -> Client:
    """A browser of a role."""
    client = Client()
    client.force_login(world.user(role))
    return client


def posted(**more: str) -> dict[str, Any]:
    """Return the form filled in."""
    values: dict[str, Any] = {"title": "What first?", "candidate": ["<b>Burglary</b>", "Speeding"]}
    for code in CODES:
        for key, degree in (("A", "grave"), ("B", "slight")):
            values |= {f"degree-{key}-{code}": degree, f"confidence-{key}-{code}": "low"}
        values[f"weight-{code}"] = "counts"
    return values | more


def test_the_pages_take_a_comparison_and_show_it_in_words(world: World, act: Act) -> None:
    """[TCG-06] From the meeting to the matrix; a missing word is asked for and nothing typed is lost."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.meeting(actor, world)
    chair = browser(world, Role.CHAIR)
    url = f"/tasking/meetings/{row.ref}/compare"
    first = chair.get(url)
    grid = chair.get(url, {"candidate": ["Burglary", "Speeding"]}).content.decode()
    one = chair.get(url, {"candidate": ["Burglary"]})
    gap = chair.post(url, posted(conclusion="Keep me") | {f"degree-A-{CODES[0]}": ""})
    done = chair.post(url, posted())
    shown = chair.get(done["Location"]).content.decode()
    change = chair.get(f"{url}?from={done['Location'].rsplit('/', 1)[1]}").content.decode()

    assert (first.status_code, one.status_code, gap.status_code, done.status_code) == (200, 422, 422, 302)
    assert grid.count('name="degree-') == 2 * len(CODES)
    assert "Keep me" in gap.content.decode()
    assert "&lt;b&gt;Burglary" in shown
    assert "<b>Burglary" not in shown
    assert "Low confidence in" in shown
    assert 'value="grave" selected' in change
    assert browser(world, Role.REPORTING_OFFICER).get(url).status_code == 403
    assert chair.get(f"/tasking/meetings/{row.ref}").status_code == 200


def test_every_verb_is_in_the_api(world: World, act: Act) -> None:
    """[TCG-06] Compare, replace, list, read; a replayed key makes one comparison."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = story.meeting(actor, world)
    chair = browser(world, Role.CHAIR)
    cells = {
        key: {code: {"degree": degree, "confidence": "high"} for code in CODES}
        for key, degree in (("A", "grave"), ("B", "slight"))
    }
    body = {
        "title": "What first?",
        "candidates": ["Burglary", "Speeding"],
        "criteria": [{"code": code, "weight": "first"} for code in CODES],
        "cells": cells,
    }
    url, json = f"/api/v1/tasking/meetings/{row.ref}/comparisons", "application/json"
    twice = [chair.post(url, body, content_type=json, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    ref = twice[0].json()["ref"]
    replaced = chair.post(url, body | {"supersedes": ref}, content_type=json)
    again = chair.post(url, body | {"supersedes": ref}, content_type=json)
    listed = chair.get("/api/v1/tasking/comparisons").json()["rows"]
    with act(world.user(Role.CHAIR), world.desk) as actor:
        n = Comparison.objects.seen_by(actor).count()

    assert [a.status_code for a in (*twice, replaced, again)] == [201, 201, 201, 409], twice[0].content
    assert twice[1].json()["ref"] == ref
    assert n == 2
    assert [c["ref"] for c in listed] == [replaced.json()["ref"]]
    assert chair.get(f"/api/v1/tasking/comparisons/{ref}").json()["cells"]["A"][CODES[0]]["degree"] == "grave"
