"""Only a sanitised report crosses, and only a question goes back."""

import pytest

from openilp.collection.models import Report
from openilp.corridor import rules, selectors, services
from openilp.corridor.errors import AlreadyJudged, CorridorError, NamesTheSource, NotYours
from openilp.corridor.models import TakenIn
from openilp.safeguards.errors import NotPermitted, RecordNotFound
from openilp.safeguards.roles import Role
from tests.corridor.scenes import as_, draft, passed, register
from tests.factories import LEGAL_BASIS, World

pytestmark = pytest.mark.django_db(databases=["default", "corridor"])


def test_a_crossing_becomes_a_report_under_its_pseudonym(world: World) -> None:
    """Recorded by the intelligence side: neither source nor handler nor controller stands in it [COL-08]."""
    source = register(world)
    pseudonym = passed(world, source)
    with as_(world.user(Role.INTELLIGENCE_OFFICER)) as actor:
        row = selectors.crossing(pseudonym, actor=actor)
        report = services.take_in(actor=actor, crossing=row, legal_basis=LEGAL_BASIS)
        assert not selectors.hatch(actor=actor).exists()
    with as_(world.user(Role.OPERATIONAL_ANALYST)) as actor:
        seen = Report.objects.seen_by(actor).get(pk=report.pk)

    assert seen.foreign_key == pseudonym
    assert seen.provenance_note == f"{pseudonym}. {rules.STANDINGS['reliable']}"
    assert seen.created_by_id == world.user(Role.INTELLIGENCE_OFFICER).pk
    assert seen.level == 2
    told = " ".join(str(getattr(seen, f.attname)) for f in Report._meta.fields if f.name != "words")
    desk = (source.ref, str(source.pk), str(source.handler_id), str(source.controller_id), "Heron")
    assert not [word for word in desk if word in told]


def test_taking_in_twice_leaves_one_report(world: World) -> None:
    """The second time it is refused."""
    pseudonym = passed(world, register(world))
    with as_(world.user(Role.INTELLIGENCE_OFFICER)) as actor:
        row = selectors.crossing(pseudonym, actor=actor)
        services.take_in(actor=actor, crossing=row, legal_basis=LEGAL_BASIS)
        with pytest.raises(AlreadyJudged, match="already"):
            services.take_in(actor=actor, crossing=row, legal_basis=LEGAL_BASIS)


def test_a_report_that_was_not_marked_is_found_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only the agency's side was kept, the next attempt marks that report and makes no second one."""
    pseudonym = passed(world, register(world))
    with as_(world.user(Role.INTELLIGENCE_OFFICER)) as actor:
        row = selectors.crossing(pseudonym, actor=actor)
        with monkeypatch.context() as lost:
            lost.setattr(TakenIn.objects, "record", lambda **_: None)
            first = services.take_in(actor=actor, crossing=row, legal_basis=LEGAL_BASIS)
        second = services.take_in(actor=actor, crossing=row, legal_basis=LEGAL_BASIS)
        assert selectors.is_taken(row, actor=actor)

    assert second.pk == first.pk


@pytest.mark.parametrize(
    "text",
    [
        "Zemtarosk told me about a lorry.",
        "ZEMTAROSK saw it.",
        "Земтароск видел грузовик.",
        "Call +999 555 018 274 for more.",
        "It stands in Pellanda Lane.",
    ],
)
def test_what_names_the_source_does_not_become_a_draft(world: World, text: str) -> None:
    """Names in every script that was registered, numbers and addresses; the refusal repeats none of them."""
    source = register(world)
    with pytest.raises(NamesTheSource) as refusal:
        draft(world, source, text)

    assert "Zemtarosk" not in str(refusal.value)


def test_a_controller_passes_on_what_a_handler_wrote(world: World) -> None:
    """A handler does not pass on, and a draft is judged once."""
    made = draft(world, register(world))
    with as_(world.user(Role.SOURCE_HANDLER)) as actor, pytest.raises(NotPermitted):
        services.judge_draft(actor=actor, draft=selectors.draft(made.ref, actor=actor), is_passed=True)
    with as_(world.user(Role.SOURCE_CONTROLLER)) as actor:
        mine = selectors.draft(made.ref, actor=actor)
        with pytest.raises(CorridorError, match="note"):
            services.judge_draft(actor=actor, draft=mine, is_passed=False)
        services.judge_draft(actor=actor, draft=mine, is_passed=False, note="Leave the hour out.")
        with pytest.raises(AlreadyJudged):
            services.judge_draft(actor=actor, draft=mine, is_passed=True)
    with as_(world.user(Role.INTELLIGENCE_OFFICER)) as actor:
        assert not selectors.hatch(actor=actor).exists()


def test_a_question_reaches_the_right_handler_only(world: World) -> None:
    """The controller finds the source by the pseudonym; the handler sees it when it is passed on."""
    source = register(world)
    pseudonym = passed(world, source)
    with as_(world.user(Role.OPERATIONAL_ANALYST)) as actor:
        asked = services.send_request(
            actor=actor, kind="question", text="Which gate does the lorry use?", pseudonym=pseudonym
        )
    with as_(world.user(Role.SOURCE_HANDLER)) as actor, pytest.raises(RecordNotFound):
        selectors.request(asked.ref, actor=actor)
    with as_(world.user(Role.SOURCE_CONTROLLER)) as actor:
        found = selectors.source_behind(pseudonym, actor=actor)
        services.task_source(actor=actor, request=selectors.request(asked.ref, actor=actor), source=found)
    with as_(world.user(Role.SOURCE_HANDLER)) as actor:
        assert selectors.request(asked.ref, actor=actor).text == "Which gate does the lorry use?"
    with as_(world.user(Role.OPERATIONAL_ANALYST)) as actor:
        assert [row.ref for row in selectors.requests(actor=actor)] == [asked.ref]
    with as_(world.user(Role.STRATEGIC_ANALYST)) as actor:
        assert not selectors.requests(actor=actor).exists()


def test_a_source_is_tasked_by_its_own_controller(world: World) -> None:
    """Another controller's source is another's."""
    source = register(world)
    with as_(world.user(Role.INTELLIGENCE_OFFICER)) as actor:
        asked = services.send_request(actor=actor, kind="question", text="Who is the buyer?")
    source.controller_id = source.pk
    with as_(world.user(Role.SOURCE_CONTROLLER)) as actor, pytest.raises(NotYours):
        services.task_source(actor=actor, request=asked, source=source)
