"""The supervisory authority asks, data protection answers; neither tells whether a record exists."""

from typing import Any

import pytest
from django.utils import timezone

from openilp.oversight.errors import OversightError
from openilp.oversight.models import AuthorityRequest
from openilp.oversight.rules.rights import NewRequest
from openilp.oversight.selectors import authority as selectors
from openilp.oversight.services import rights
from openilp.oversight.services.authority import AuthorityAnswered, answer_authority, ask_data_protection
from openilp.safeguards import notices
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act, hand_in
from tests.factories import World
from tests.oversight.test_registers import visiting

AUTHORITY, OFFICER = Role.SUPERVISORY_AUTHORITY, Role.DATA_PROTECTION_OFFICER
REASON = "The person concerned complains that the record is false."


def asked(world: World, act: Act, **more: Any) -> AuthorityRequest:
    """Ask as the authority."""
    with act(world.user(AUTHORITY)) as actor:
        return ask_data_protection(
            actor=actor, **({"kind": "record", "about": "R-7K4M-2QXD", "reason": REASON} | more)
        )


def test_a_question_is_recorded_alike_whether_there_is_such_a_record(world: World, act: Act) -> None:
    """The authority learns from the answer of a person, never from the system [LEG-12]."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        there = hand_in(actor).ref
    client = visiting(world, AUTHORITY)

    pages = [
        client.post("/oversight/authority", {"kind": "record", "about": about, "reason": REASON}, follow=True)
        for about in (there, "R-2222-2222")
    ]

    assert [page.status_code for page in pages] == [200, 200]
    shown = [page.context["row"] for page in pages]
    assert [row.about for row in shown] == [there, "R-2222-2222"]
    texts = [
        page.content.decode().replace(row.about, "").replace(row.ref, "")
        for page, row in zip(pages, shown, strict=True)
    ]
    assert len(texts[0]) == len(texts[1])
    assert client.get(f"/collection/reports/{there}").status_code == 403


def test_only_the_officer_answers_once_and_only_the_two_see_it(world: World, act: Act) -> None:
    """Both are told; heads and oversight do not learn who complains."""
    row = asked(world, act)
    with act(world.user(OFFICER)) as actor:
        assert notices.unread(actor=actor).filter(kind="authority_asks", ref=row.ref).exists()
        answer_authority(
            actor=actor, request=row, finding="corrected", reason="A date was wrong; it is put right."
        )
        with pytest.raises(AuthorityAnswered):
            answer_authority(actor=actor, request=row, finding="erased", reason="It is gone since yesterday.")

    with act(world.user(AUTHORITY)) as actor:
        assert notices.unread(actor=actor).filter(kind="authority_answered").exists()
        assert selectors.answer_of(row, actor=actor) is not None
        with pytest.raises(NotPermitted):
            answer_authority(actor=actor, request=row, finding="erased", reason="It is gone since yesterday.")
    for role in (Role.HEAD_OF_INTELLIGENCE, Role.OVERSIGHT):
        with act(world.user(role)) as actor:
            assert not selectors.requests(actor=actor).exists()
            with pytest.raises(NotPermitted):
                ask_data_protection(actor=actor, kind="record", about="R-2222-2222", reason=REASON)


@pytest.mark.parametrize(
    ("field", "more"),
    [("kind", {"kind": "gossip"}), ("about", {"about": " "}), ("reason", {"reason": "why"})],
)
def test_half_a_question_is_refused(world: World, act: Act, field: str, more: dict[str, Any]) -> None:
    """Each refusal names its field."""
    with pytest.raises(OversightError) as refused:
        asked(world, act, **more)

    assert refused.value.field == field


def test_questions_and_answers_are_pages_and_an_api(world: World) -> None:
    """A person's rights through the authority (Art. 17) are asked for by its own file number."""
    authority, officer = visiting(world, AUTHORITY), visiting(world, OFFICER)
    assert "Nothing was asked yet" in officer.get("/oversight/authority").content.decode()
    kind = {"content_type": "application/json"}
    body = {"kind": "person", "about": "DPA-2026-114", "reason": REASON}
    assert officer.post("/api/v1/oversight/authority", body, **kind).status_code == 403
    made = authority.post("/api/v1/oversight/authority", body, **kind)
    assert made.status_code == 201
    ref = made.json()["ref"]

    path = f"/oversight/authority/{ref}"
    assert authority.post("/oversight/authority", body | {"reason": "x"}).status_code == 422
    assert "DPA-2026-114" in officer.get("/oversight/authority").content.decode()
    assert officer.post(path, {"finding": "erased", "reason": "x"}).status_code == 422
    said = {"finding": "request_opened", "reason": "A request is open under your file number."}
    assert officer.post(path, said).status_code == 302

    shown = authority.get(f"/api/v1/oversight/authority/{ref}").json()
    assert (shown["finding"], shown["request"]["is_answered"]) == ("request_opened", True)
    assert authority.get("/api/v1/oversight/authority").json()["rows"][0]["ref"] == ref
    assert officer.post(f"/api/v1/oversight/authority/{ref}/answer", said, **kind).status_code == 409
    assert "rights desk" in authority.get(path).content.decode()


def test_the_authority_sees_that_the_log_is_signed_and_nothing_in_it(world: World) -> None:
    """Keys, root and witnesses are enough to verify a copy; staff are named in the log itself [LEG-02]."""
    authority = visiting(world, AUTHORITY)

    page = authority.get("/audit/state").content.decode()

    assert "State of the log" in page
    assert "Witnesses" in page
    assert "Who saw a record" not in page
    assert authority.get("/audit").status_code == 403
    assert visiting(world, Role.CHAIR).get("/audit/state").status_code == 403


def test_the_register_of_requests_tells_the_authority_clocks_and_no_person(world: World, act: Act) -> None:
    """Kind, dates and its own file number; neither name nor wish, and for nobody else [LEG-08]."""
    with act(world.user(OFFICER), world.desk) as actor:
        row = rights.receive_request(
            actor=actor,
            new=NewRequest(
                kind="indirect",
                received_on=timezone.localdate(),
                identity_proof="in_person",
                full_name="Tavel Orsk",
                language="en",
                wish="What is kept of the ferry?",
                authority_ref="DPA-2026-114",
            ),
        )
    authority = visiting(world, AUTHORITY)

    page = authority.get("/oversight/authority-register").content.decode()
    (entry,) = authority.get("/api/v1/oversight/authority-register").json()

    assert row.ref in page
    assert "DPA-2026-114" in page
    assert not [word for word in ("Tavel", "ferry") if word in page or word in str(entry)]
    assert (entry["kind"], entry["due_on"]) == ("indirect", row.due_on.isoformat())
    assert visiting(world, OFFICER).get("/oversight/authority-register").status_code == 403
    with act(world.user(Role.HEAD_OF_INTELLIGENCE)) as actor:
        assert selectors.rights_register(actor=actor) == []
