"""Strict necessity: special words are struck where an item is quoted, until a second person agrees."""

from typing import Any

import pytest
from django.test import Client

from openilp.analysis.errors import NotReady
from openilp.analysis.models import Edition, Product
from openilp.analysis.services import finish_product, save_product
from openilp.collection.models import Item
from openilp.evaluation import necessity, services
from openilp.evaluation.errors import AlreadyDone, EvaluationError, ReasonMissing
from openilp.evaluation.models import Necessity
from openilp.safeguards.errors import NotPermitted, WrongApprover
from openilp.safeguards.roles import Role
from openilp.web.api import api
from tests.analysis.data import graded_item
from tests.analysis.test_products import ANSWERS, start, with_text
from tests.evaluation.making import Act
from tests.factories import World

ANALYST, HEAD, OFFICER = Role.OPERATIONAL_ANALYST, Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER
TEXT = "The driver was diagnosed with epilepsy and left the yard."
STRUCK = (
    "The driver was [struck: health or disability] with [struck: health or disability] and left the yard."
)
REASON = "Whoever stops the van must know that he may have a fit."


def item_of(world: World, act: Act, text: str = TEXT) -> Item:
    """Record a graded item of an officer."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        return graded_item(actor, text)[0]


def claimed(world: World, act: Act, item: Item) -> Necessity:
    """Say that its words are strictly necessary."""
    with act(world.user(ANALYST), world.desk) as actor:
        return services.claim_necessity(actor=actor, item=item, reason=REASON)


def answered(world: World, act: Act, row: Necessity, role: Role = HEAD, **more: Any) -> None:
    """Answer as the second person."""
    with act(world.user(role), world.desk) as actor:
        services.answer_necessity(actor=actor, necessity=row, **({"agrees": True} | more))


def drafted(actor: Any, world: World, item: Item, words: str = "He may need a doctor") -> Product:
    """Return a draft that cites an item."""
    product = start(actor, world)
    blocks = with_text(product, "brief", f"{words} [{item.ref}].")
    return save_product(actor=actor, product=product, revision=1, title=product.title, blocks=blocks)


def finished(world: World, act: Act, item: Item, words: str = "He may need a doctor") -> Edition:
    """Finish a product that cites an item."""
    with act(world.user(ANALYST), world.desk) as actor:
        product = drafted(actor, world, item, words)
        return finish_product(actor=actor, product=product, revision=product.revision, rights_check=ANSWERS)


def quoted(edition: Edition) -> str:
    """Return the text of the first item that an edition quotes."""
    return str(edition.content["citations"][0]["text"])


def test_special_words_leave_in_a_product_only_with_a_second_persons_yes(world: World, act: Act) -> None:
    """Struck without it, struck after a no, whole after a yes; the mark says what was taken out [COL-06]."""
    item, plain = item_of(world, act), item_of(world, act, "A white van left the yard.")

    assert quoted(finished(world, act, item)) == STRUCK
    assert quoted(finished(world, act, plain)) == "A white van left the yard."
    answered(world, act, claimed(world, act, item), agrees=False, reason="The stop can wait for a doctor.")
    assert quoted(finished(world, act, item)) == STRUCK
    answered(world, act, claimed(world, act, item))
    assert quoted(finished(world, act, item)) == TEXT


def test_a_products_own_words_say_no_more_than_was_approved(world: World, act: Act) -> None:
    """What the author writes on health needs an approved item that says so; anything else is refused in words."""
    item = item_of(world, act)
    with pytest.raises(NotReady, match="health or disability"):
        finished(world, act, item, "The driver is disabled")

    answered(world, act, claimed(world, act, item))

    assert finished(world, act, item, "The driver is disabled").number == 1
    with pytest.raises(NotReady, match="religion or belief"):
        finished(world, act, item, "The driver prays in the mosque")


def test_an_approval_holds_for_the_very_words(world: World, act: Act) -> None:
    """It is bound to the hash of the text: another text of the item would be struck again."""
    item = item_of(world, act)
    answered(world, act, claimed(world, act, item))

    with act(world.user(ANALYST), world.desk) as actor:
        assert necessity.allowed([item], actor=actor) == {item.pk: frozenset({"health"})}
        item.text = f"{TEXT} He prays."
        assert necessity.allowed([item], actor=actor) == {item.pk: frozenset()}


def test_who_asked_or_recorded_is_no_second_person(world: World, act: Act) -> None:
    """The head who asks waits for the officer; a second answer changes nothing; a no gives its reason."""
    item = item_of(world, act)
    with act(world.user(HEAD), world.desk) as actor:
        row = services.claim_necessity(actor=actor, item=item, reason=REASON)
        assert row not in necessity.awaiting(actor=actor)
    with pytest.raises(WrongApprover):
        answered(world, act, row)
    with pytest.raises(NotPermitted):
        answered(world, act, row, ANALYST)
    with pytest.raises(ReasonMissing):
        answered(world, act, row, OFFICER, agrees=False)
    with act(world.user(OFFICER), world.desk) as actor:
        assert row in necessity.awaiting(actor=actor)

    answered(world, act, row, OFFICER)

    with pytest.raises(AlreadyDone):
        answered(world, act, row, OFFICER)


def test_plain_words_and_empty_reasons_are_refused(world: World, act: Act) -> None:
    """Nothing is approved where nothing is struck."""
    plain, special = item_of(world, act, "A white van left the yard."), item_of(world, act)
    with act(world.user(ANALYST), world.desk) as actor:
        with pytest.raises(EvaluationError, match="no special category"):
            services.claim_necessity(actor=actor, item=plain, reason=REASON)
        with pytest.raises(ReasonMissing):
            services.claim_necessity(actor=actor, item=special, reason="needed")


def test_words_are_marked_asked_about_and_answered_on_pages_and_over_http(world: World, act: Act) -> None:
    """From the report to the item, to the second person; then the same verbs over the API."""
    item = item_of(world, act)
    analyst, officer = Client(), Client()
    analyst.force_login(world.user(ANALYST))
    officer.force_login(world.user(OFFICER))
    with act(world.user(ANALYST), world.desk) as actor:
        report = Item.objects.seen_by(actor).select_related("report").get(pk=item.pk).report
    shown = analyst.get(f"/collection/reports/{report.ref}").content.decode()
    assert '<mark title="health or disability">diagnosed</mark>' in shown
    path = f"/evaluation/items/{item.ref}/necessity"
    assert path in shown
    assert "struck" in analyst.get(path).content.decode()

    assert analyst.post(path, {"reason": "x"}).status_code == 422
    made = analyst.post(path, {"reason": REASON})

    assert made.status_code == 302
    assert REASON in officer.get("/evaluation/necessities").content.decode()
    assert "as the second person" not in analyst.get(made["Location"]).content.decode()
    assert officer.post(made["Location"], {"agrees": "no"}).status_code == 422
    assert officer.post(made["Location"], {"agrees": "yes"}).status_code == 302
    assert "may be quoted" in analyst.get(made["Location"]).content.decode()
    root, kind = "/api/v1/evaluation", {"content_type": "application/json"}
    again = analyst.post(f"{root}/items/{item.ref}/necessities", {"reason": REASON}, **kind)
    assert again.status_code == 201
    ref = again.json()["ref"]
    assert [row["ref"] for row in officer.get(f"{root}/necessities?waiting=true").json()["rows"]] == [ref]
    assert analyst.get(f"{root}/necessities/{ref}").json()["kinds"] == ["health"]
    body = {"agrees": False, "reason": "The stop can wait."}
    assert analyst.post(f"{root}/necessities/{ref}/answer", body, **kind).status_code == 403
    assert officer.post(f"{root}/necessities/{ref}/answer", body, **kind).status_code == 201


def test_no_operation_of_the_api_filters_by_special_words() -> None:
    """They are kept beside a report to be shown, and are no question that anybody can ask (Art. 10)."""
    described = api.get_openapi_schema()["paths"]
    asked = {
        parameter["name"]
        for methods in described.values()
        for operation in methods.values()
        for parameter in operation.get("parameters", ())
    }

    assert {"q", "urgency"} <= asked
    assert {name for name in asked if any(part in name for part in ("wording", "special", "necess"))} == set()
