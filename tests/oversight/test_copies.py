"""What an erased record left behind elsewhere: frozen texts, readers, lists in files, links of the thread."""

from pathlib import Path

from openilp.analysis import services as analysis
from openilp.analysis import snapshot_files
from openilp.analysis.canonical import digest
from openilp.analysis.models import Edition, Snapshot
from openilp.collation import services as collation
from openilp.collation.models import Entity, Link, Statement
from openilp.collation.rules import NewStatement
from openilp.oversight import services
from openilp.oversight.rules.reviews import QUESTIONS, Asked
from openilp.oversight.tasks import run_night
from openilp.review import thread
from openilp.safeguards.labels import State
from openilp.safeguards.models import Erasure, Notice, RetentionClock
from openilp.safeguards.people import actor_for
from openilp.safeguards.retention.redaction import ERASED
from openilp.safeguards.roles import Role
from tests.dissemination.making import approved, edition_on, graded_item, released
from tests.evaluation.making import Act
from tests.factories import LEGAL_BASIS, World
from tests.oversight.making import keeper_of, person

ANALYST = Role.OPERATIONAL_ANALYST


def order_erasure(world: World, act: Act, kind: str, key: object, reason: str) -> None:
    """Decide as the data-protection officer that a record goes, and let the night come."""
    with act(world.user(Role.DATA_PROTECTION_OFFICER), world.desk) as actor:
        clock = RetentionClock.objects.seen_by(actor, states=State).get(kind=kind, record_id=key)
        asked = Asked("erase", dict.fromkeys(QUESTIONS, True), reason)
        services.review_record(actor=actor, clock=clock, asked=asked)
    assert run_night(actor_for(keeper_of(world), reason="administration"))["erasures"] == 1


def test_a_released_product_is_issued_anew_and_its_readers_are_told(
    world: World, act: Act, apart: Path
) -> None:
    """The cited text goes, the old hash stays on the certificate, and the thread shows the stone [LEG-06]."""
    item = graded_item(world, act)
    edition = approved(world, act, edition_on(world, act, item))
    release = released(world, act, edition, Role.PLAN_OWNER)

    order_erasure(world, act, "report", item.report_id, "The reporter was mistaken about the yard.")

    with act(world.user(ANALYST), world.desk) as actor:
        now = Edition.objects.seen_by(actor).get(pk=edition.pk)
        (cited,) = now.content["citations"]
        assert (cited["ref"], cited["text"], cited["number"]) == (item.ref, ERASED, 1)
        assert item.text not in str(now.content)
        assert now.sha256 == digest(now.content)
    with act(world.user(Role.PLAN_OWNER), world.desk) as actor:
        (notice,) = Notice.objects.seen_by(actor).filter(kind="reissued")
        assert notice.ref == release.ref
    with act(keeper_of(world), world.desk) as actor:
        row = Erasure.objects.seen_by(actor).get()
    assert row.told == 1
    assert row.reissued == [
        {"kind": "edition", "id": str(edition.pk), "was": edition.sha256, "now": now.sha256}
    ]


def test_the_thread_shows_the_stone(world: World, act: Act, apart: Path) -> None:
    """Whoever could see the record learns rule and day, where it stood; nobody else learns anything."""
    item = graded_item(world, act)
    with act(world.user(ANALYST), world.desk) as actor:
        behind = thread.thread(item.ref, actor=actor).behind()
        assert [node.kind for node in behind] == ["report"]
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        who = collation.record_entity(
            actor=actor,
            kind="vehicle",
            statements=[NewStatement("plate", "AT·BCD 10-100", "fact")],
            item=item,
            legal_basis=LEGAL_BASIS,
        )
        collation.record_statement(
            actor=actor, entity=who, new=NewStatement("colour", "white", "fact"), legal_basis=LEGAL_BASIS
        )
    order_erasure(world, act, "report", item.report_id, "Nobody needs this report any more.")

    with act(world.user(ANALYST), world.desk) as actor:
        found = thread.thread(who.ref, actor=actor)
    assert any("erased on" in node.label and node.room == "collation" for node in found.behind())


def test_a_list_in_a_file_goes_with_the_person_whom_it_names(world: World, act: Act, apart: Path) -> None:
    """No foreign key leads to the rows of a frozen network; the file is found by the references in it."""
    one, other = person(world, act, category="CON"), person(world, act, category="CON")
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        first, second = (Entity.objects.seen_by(actor).get(pk=row.person_id) for row in (one, other))
        Link.objects.record(
            actor=actor,
            source=first,
            target=second,
            type="knows",
            confirmation="confirmed",
            kind="fact",
            legal_basis=LEGAL_BASIS,
        )
        statement = Statement.objects.seen_by(actor).get(entity=first)
    with act(world.user(ANALYST), world.desk) as actor:
        frozen = analysis.take_network_snapshot(
            actor=actor, matter=world.desk.pk, title="Who knows whom", legal_basis=LEGAL_BASIS
        )
    assert snapshot_files.path_of(frozen.sha256).exists()

    order_erasure(world, act, "statement", statement.pk, "This name belongs to somebody else.")

    with act(world.user(ANALYST), world.desk) as actor:
        assert not Entity.objects.seen_by(actor).filter(pk=first.pk).exists()
        assert Entity.objects.seen_by(actor).filter(pk=second.pk).exists()
        assert not Link.objects.seen_by(actor).exists()
        assert not Snapshot.objects.seen_by(actor, states=State).filter(pk=frozen.pk).exists()
    assert not snapshot_files.path_of(frozen.sha256).exists()
