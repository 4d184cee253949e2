"""Who reads an edition when: drafts and recalled editions by the few who answer for them, marked on every page."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from openilp.analysis.models import Edition
from openilp.dissemination import rules, services
from openilp.dissemination.rules import Standing
from openilp.safeguards import acting
from openilp.safeguards.roles import Role
from tests.dissemination.making import ANALYST, HEAD, OFFICER, approved, edition_on, graded_item, released
from tests.evaluation.making import Act
from tests.factories import World

STRATEGIC, CHAIR, OWNER = Role.STRATEGIC_ANALYST, Role.CHAIR, Role.PLAN_OWNER
SENTENCE = "The yard is used at night."


def browser(world: World, role: Role) -> Client:
    """Return a browser of an account."""
    client = Client()
    client.force_login(world.user(role))
    return client


def page_of(world: World, role: Role, edition: Any) -> str:
    """Return the page of an edition as an account sees it."""
    answer = browser(world, role).get(f"/dissemination/editions/{edition.ref}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def words_of(world: World, role: Role, edition: Any) -> list[str]:
    """Return the words of each page of the PDF, without blanks: the extractor sets them as it likes."""
    answer = browser(world, role).get(f"/dissemination/editions/{edition.ref}/document.pdf")
    assert answer.status_code == 200, answer.content[:300]
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.content)).pages]


def is_shut(world: World, role: Role, edition: Any) -> bool:
    """Tell whether page, PDF and API keep the content from an account."""
    client = browser(world, role)
    document = client.get(f"/dissemination/editions/{edition.ref}/document.pdf")
    api = client.get(f"/api/v1/dissemination/editions/{edition.ref}")
    copy = client.get(f"/api/v1/dissemination/editions/{edition.ref}/document")
    codes = {document.status_code, api.status_code, copy.status_code}
    return SENTENCE not in page_of(world, role, edition) and codes == {409}


def test_a_draft_is_read_by_authors_reviewer_and_approver_alone(world: World, act: Act) -> None:
    """Until it is approved, a colleague who had no hand in it sees that it exists and nothing of it."""
    edition = edition_on(world, act, graded_item(world, act))

    for role in (ANALYST, OFFICER, HEAD):
        assert SENTENCE in page_of(world, role, edition)
        assert all("DRAFT.Notapproved" in words for words in words_of(world, role, edition))
        assert all("Draft" in words for words in words_of(world, role, edition))
    for role in (STRATEGIC, CHAIR):
        assert is_shut(world, role, edition)
    assert browser(world, OWNER).get(f"/dissemination/editions/{edition.ref}").status_code == 403


def test_an_approved_edition_is_open_and_says_that_it_is_not_released(world: World, act: Act) -> None:
    """After the approval those who work with products read it; each copy names its reader."""
    edition = approved(world, act, edition_on(world, act, graded_item(world, act)))

    assert SENTENCE in page_of(world, CHAIR, edition)
    body = browser(world, STRATEGIC).get(f"/api/v1/dissemination/editions/{edition.ref}").json()
    assert (body["standing"], body["content"]["title"]) == ("approved", "Vans at the yard")
    for words in words_of(world, STRATEGIC, edition):
        assert "notyetreleased" in words
        assert "StrategicAnalyst" in words


def test_a_recalled_edition_carries_its_recall_across_every_page(world: World, act: Act) -> None:
    """The few who answer for it read it under the notice, and that they did is on record. [PRO-13]"""
    edition = approved(world, act, edition_on(world, act, graded_item(world, act)))
    made = released(world, act, edition, OWNER)
    assert "Workingcopy" in words_of(world, STRATEGIC, edition)[0]
    with act(world.user(ANALYST), world.desk) as actor:
        services.recall_release(actor=actor, release=made, reason="The source was false.")

    for role in (STRATEGIC, CHAIR):
        assert is_shut(world, role, edition)
    for words in words_of(world, ANALYST, edition):
        assert "RECALLED." in words
        assert "Thesourcewasfalse." in words
    with act(world.user(ANALYST), world.desk) as actor:
        row = Edition.objects.seen_by(actor).get(pk=edition.pk)
        services.take_working_copy(actor=actor, edition=row, now=timezone.now())
        block = acting.current()
        assert block is not None
        event = block.event()
    assert [write["action"] for write in event["writes"]] == ["dissemination.take_working_copy"]
    assert str(edition.pk) in str(event)
    assert SENTENCE in page_of(world, HEAD, edition)
    assert "The source was false." in page_of(world, HEAD, edition)


def test_each_reader_takes_a_copy_with_the_own_name(world: World, act: Act) -> None:
    """Two readers of one release hold two different copies; every page says whose it is. [PRO-05]"""
    edition = approved(world, act, edition_on(world, act, graded_item(world, act)))
    made = released(world, act, edition, OWNER, CHAIR)
    for role, own, other in ((OWNER, "PlanOwner", "Chair"), (CHAIR, "Chair", "PlanOwner")):
        answer = browser(world, role).get(f"/dissemination/releases/{made.ref}/document.pdf")
        pages = [p.extract_text() for p in PdfReader(io.BytesIO(answer.content)).pages]
        assert len(pages) > 1
        for page in pages:
            words = "".join(page.split())
            assert f"Releasedto{own}" in words
            assert f"Releasedto{other}" not in words


def test_an_edition_lists_the_releases_that_its_reader_is_told_of(world: World, act: Act) -> None:
    """Its author sees that it went out only where the release names the author; whoever answers for it sees each."""
    edition = approved(world, act, edition_on(world, act, graded_item(world, act)))
    others = released(world, act, edition, OWNER)

    assert f"/dissemination/releases/{others.ref}" in page_of(world, HEAD, edition)
    for role in (ANALYST, OFFICER, STRATEGIC):
        page = page_of(world, role, edition)
        opened = browser(world, role).get(f"/dissemination/releases/{others.ref}").status_code
        assert (f"/dissemination/releases/{others.ref}" in page) == (opened == 200)


@given(
    approval=st.sampled_from(["missing", "given", "sent_back"]),
    releases=st.integers(0, 3),
    recalled=st.integers(0, 3),
)
def test_standing_and_reading_are_one_rule(approval: str, releases: int, recalled: int) -> None:
    """Whoever is involved always reads; others only what is approved or stands released."""
    recalls = min(releases, recalled)
    stands = rules.standing(approval=approval, releases=releases, recalls=recalls)

    assert rules.may_read(stands, is_involved=True)
    is_out = releases > recalls
    assert rules.may_read(stands, is_involved=False) == (is_out or (approval == "given" and not releases))
    assert bool(rules.reading_notice(stands)) == (stands is not Standing.RELEASED)


@pytest.mark.parametrize("stands", list(Standing))
def test_a_working_copy_says_what_it_is(stands: Standing) -> None:
    """The mark has state, reader, edition and time, each on its own line."""
    mark = rules.reading_mark(
        stands, reader="Ana Ferry", edition="ED-1", at=datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
    )

    assert mark.split(" · ")[1:] == ["Ana Ferry", "ED-1", "2026-11-24 08:05 UTC"]
    assert mark.split(" · ")[0]
