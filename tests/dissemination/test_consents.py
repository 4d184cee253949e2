"""What its originator controls leaves its unit with a consent in somebody's name, and not without."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from openilp.analysis.models import Edition
from openilp.collection.models import Item
from openilp.dissemination import selectors, services
from openilp.dissemination.errors import AlreadyDone, DisseminationError, NotReleasable
from openilp.dissemination.models import ConsentRequest, Release
from openilp.evaluation import services as evaluation
from openilp.safeguards.errors import NotPermitted, RecordNotFound
from openilp.safeguards.models import Notice
from openilp.safeguards.roles import Role
from tests.dissemination.making import ANALYST, HEAD, OFFICER, approved, edition_on, graded_item, released
from tests.evaluation.making import GRADE, Act, item_of, reported
from tests.factories import World

REPORTER, OWNER = Role.REPORTING_OFFICER, Role.PLAN_OWNER
H2 = replace(GRADE, handling="H2")
API = "/api/v1/dissemination"


def browser(world: World, role: Role) -> Client:
    """Return a browser of an account."""
    client = Client()
    client.force_login(world.user(role))
    return client


def districts_item(world: World, act: Act) -> Item:
    """Record an item of the district, graded so that its originator controls it."""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        item = item_of(report, actor)
        evaluation.evaluate_item(actor=actor, item=item, grade=H2)
    assert item.owner_unit_id == world.district.pk
    return item


def asked(world: World, act: Act, edition: Edition, item: Item) -> ConsentRequest:
    """Ask the district whether its item may go to the region."""
    with act(world.user(ANALYST), world.desk) as actor:
        return services.ask_consent(
            actor=actor, edition=edition, item=item, unit=world.region, reason="The region plans patrols."
        )


@pytest.fixture
def item(world: World, act: Act) -> Item:
    """An item that the district controls."""
    return districts_item(world, act)


@pytest.fixture
def edition(world: World, act: Act, item: Item, monkeypatch: pytest.MonkeyPatch) -> Edition:
    """An approved edition on it; who is named in the item is another test's matter."""
    nobody: dict[UUID, int] = {}
    monkeypatch.setattr(selectors, "uncategorised", lambda _rows, *, actor: nobody)
    return approved(world, act, edition_on(world, act, item))


def test_without_consent_it_stays_and_with_it_it_goes(
    world: World, act: Act, item: Item, edition: Edition
) -> None:
    """Asked, given by name of the owner unit, released; before that and after a refusal the gate is shut. [EXC-03]"""
    with pytest.raises(NotReleasable, match="originator's consent"):
        released(world, act, edition, OWNER)
    request = asked(world, act, edition, item)
    with act(world.user(REPORTER), world.desk) as actor:
        assert list(selectors.awaiting_consent(actor=actor)) == [request]
        assert Notice.objects.seen_by(actor).get(kind="consent_asked").ref == request.ref
        with pytest.raises(DisseminationError, match="must not go"):
            services.answer_consent(actor=actor, request=request, is_given=False)
        services.answer_consent(actor=actor, request=request, is_given=False, note="He would be known.")
        assert not selectors.awaiting_consent(actor=actor).exists()
        with pytest.raises(AlreadyDone):
            services.answer_consent(actor=actor, request=request, is_given=True)
    with pytest.raises(NotReleasable, match="originator's consent"):
        released(world, act, edition, OWNER)
    again = asked(world, act, edition, item)
    with act(world.user(REPORTER), world.desk) as actor:
        services.answer_consent(actor=actor, request=again, is_given=True)

    assert isinstance(released(world, act, edition, OWNER), Release)
    with act(world.user(ANALYST), world.desk) as actor:
        kinds = (
            Notice.objects.seen_by(actor).filter(kind__startswith="consent").values_list("kind", flat=True)
        )
        assert sorted(kinds) == ["consent_given", "consent_refused"]
        (newest, answer), _older = selectors.consents_of(edition, actor=actor)
        assert newest == again
        assert answer is not None
        assert answer.created_by_id == world.user(REPORTER).pk


def test_only_the_owner_unit_answers(world: World, act: Act, item: Item, edition: Edition) -> None:
    """Whoever asked, and every other unit, cannot consent in its place; they do not even find the question."""
    request = asked(world, act, edition, item)
    for role in (OFFICER, HEAD):
        with act(world.user(role), world.desk) as actor:
            with pytest.raises(NotPermitted, match="Ferry District"):
                services.answer_consent(actor=actor, request=request, is_given=True)
            with pytest.raises(RecordNotFound):
                selectors.consent_request(request.ref, actor=actor)


def test_a_consent_counts_for_its_edition_and_unit_alone(
    world: World, act: Act, item: Item, edition: Edition
) -> None:
    """Consent to one product says nothing of another one, nor of another unit."""
    request = asked(world, act, edition, item)
    with act(world.user(REPORTER), world.desk) as actor:
        services.answer_consent(actor=actor, request=request, is_given=True)
    other = approved(world, act, edition_on(world, act, item))

    with pytest.raises(NotReleasable, match="originator's consent"):
        released(world, act, other, OWNER)
    with act(world.user(ANALYST), world.desk) as actor:
        facts = selectors.facts_of(edition, actor=actor)
        assert [each.consented for each in facts.items] == [frozenset({world.region.pk})]


@pytest.mark.parametrize("case", ["no reason", "own unit", "twice", "not controlled"])
def test_a_needless_or_empty_question_is_refused(
    world: World, act: Act, item: Item, edition: Edition, case: str
) -> None:
    """Each question names why; none is asked that needs no answer, or is open already."""
    values: dict[str, Any] = {"edition": edition, "item": item, "unit": world.region, "reason": "why"}
    expected: type[Exception] = DisseminationError
    if case == "no reason":
        values["reason"] = " "
    if case == "own unit":
        values["unit"] = world.district
    if case == "twice":
        asked(world, act, edition, item)
        expected = AlreadyDone
    if case == "not controlled":
        plain = graded_item(world, act)
        values |= {"item": plain, "edition": edition_on(world, act, plain)}

    with act(world.user(ANALYST), world.desk) as actor, pytest.raises(expected):
        services.ask_consent(actor=actor, **values)


def test_asking_and_answering_through_the_pages(world: World, act: Act, item: Item, edition: Edition) -> None:
    """The page of the edition asks, the district's page answers; script in a note stays text."""
    analyst, reporter = browser(world, ANALYST), browser(world, REPORTER)
    path = f"/dissemination/editions/{edition.ref}"
    assert "Ask the originator" in analyst.get(path).content.decode()
    form = {"needed": f"{item.ref} {world.region.pk}", "ask_reason": "The region plans patrols."}
    assert analyst.post(path, form | {"ask_reason": ""}).status_code == 422
    assert analyst.post(path, form).status_code == 302
    assert analyst.post(path, form).status_code == 422
    with act(world.user(REPORTER), world.desk) as actor:
        ref = selectors.awaiting_consent(actor=actor).get().ref
    assert ref in reporter.get("/dissemination/").content.decode()
    there = f"/dissemination/consents/{ref}"
    page = reporter.get(there).content.decode()
    assert item.text in page
    assert reporter.post(there, {"is_given": "no"}).status_code == 422
    bad = "<script>alert(1)</script>"
    assert reporter.post(there, {"is_given": "yes", "note": bad}).status_code == 302
    for client, address in ((reporter, there), (analyst, path)):
        assert bad not in client.get(address).content.decode()
    assert browser(world, OFFICER).get(there).status_code == 404
    assert browser(world, Role.CHAIR).get(there).status_code == 403


def test_asking_and_answering_over_http(world: World, act: Act, item: Item, edition: Edition) -> None:
    """The same verbs over the API; an unknown unit is named, a replayed answer changes nothing. [EXC-03]"""
    analyst, reporter = browser(world, ANALYST), browser(world, REPORTER)

    def post(client: Client, path: str, body: dict[str, Any]) -> Any:
        return client.post(API + path, body, content_type="application/json")

    body = {"item": item.ref, "unit": "R1", "reason": "The region plans patrols."}
    unknown = post(analyst, f"/editions/{edition.ref}/consents", body | {"unit": "X9"})
    assert (unknown.status_code, unknown.json()["field"]) == (422, "unit")
    ref = post(analyst, f"/editions/{edition.ref}/consents", body).json()["ref"]
    assert post(reporter, f"/consents/{ref}/answer", {"is_given": True}).status_code == 201
    assert post(reporter, f"/consents/{ref}/answer", {"is_given": False, "note": "x"}).status_code == 409
    (row,) = analyst.get(f"{API}/editions/{edition.ref}/consents").json()
    assert (row["item"], row["unit"], row["is_given"]) == (item.ref, "R1", True)
    assert analyst.get(f"{API}/editions/{edition.ref}/gate?readers=plan_owner").json()["bars"] == []
