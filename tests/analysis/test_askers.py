"""Who asked hears of the answer, and results speak the reader's language."""

from typing import Any

import pytest

from openilp.analysis import services, tables
from openilp.analysis.tables import said
from openilp.methods.record import as_record
from openilp.methods.sentence import Sentence
from openilp.methods.series.compare import NOT_CAUSE
from openilp.safeguards.models import Notice
from openilp.safeguards.roles import Role
from tests.analysis.test_products import finished
from tests.evaluation.making import Act
from tests.factories import World


def notices_of(world: World, act: Act, role: Role) -> list[tuple[str, str]]:
    """Return kind and reference of an account's notices."""
    with act(world.user(role), world.desk) as actor:
        return list(Notice.objects.seen_by(actor).values_list("kind", "ref"))


def test_who_asked_is_told_that_the_answer_is_finished(world: World, act: Act) -> None:
    """The asker of the product hears of it once; others do not. [DIR-04]"""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        edition, _item, _judged = finished(actor, world)
        asker = edition.product.asker

    role = next(role for role, user in world.users.items() if user.pk == asker.pk)
    assert ("answer_finished", edition.ref) in notices_of(world, act, role)
    assert not [kind for kind, _ref in notices_of(world, act, Role.LIAISON_OFFICER)]


def test_an_asker_beyond_whose_reach_the_answer_lies_is_not_told(world: World, act: Act) -> None:
    """A notice names a reference, so nobody gets one of what they may not know of."""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        edition, _item, _judged = finished(actor, world)
        asker = edition.product.asker
        asker.clearance = 0
        asker.save()
        again = edition.product
        services.finish_product(
            actor=actor,
            product=type(again).objects.seen_by(actor).get(pk=again.pk),
            revision=type(again).objects.seen_by(actor).get(pk=again.pk).revision,
            rights_check=edition.rights_check,
        )

    role = next(role for role, user in world.users.items() if user.pk == asker.pk)
    kinds = [kind for kind, _ref in notices_of(world, act, role)]
    assert kinds.count("answer_finished") == 1


def test_a_stored_sentence_is_said_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """The template is translated when it is shown; facts stand in it as they were stored."""
    stored: Any = as_record(NOT_CAUSE)
    assert said(stored) == str(NOT_CAUSE)
    made = as_record(Sentence("code", "About %(n)s of them.", {"n": "5 %"}))
    assert said(made) == "About 5 % of them."
    catalogue = {"About %(n)s of them.": "Около %(n)s из них."}
    monkeypatch.setattr(tables, "_", catalogue.__getitem__)
    assert said(made) == "Около 5 % из них."
