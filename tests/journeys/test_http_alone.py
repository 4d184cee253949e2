"""One report's way to an outcome through HTTP alone, and the golden thread that it leaves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from openilp.analysis.blueprints import RIGHTS_QUESTIONS

pytestmark = pytest.mark.journey

BASIS = "POL-12"


def day(days: int) -> str:
    """Return a day from today on, as ISO."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


class Client:
    """One account on the API, through the browser's session."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Create something; each call carries a key of its own."""
        token = next(c["value"] for c in self.page.context.cookies() if c["name"] == "csrftoken")
        headers = {"X-CSRFToken": token, "Idempotency-Key": str(uuid4()), "Referer": self.page.url}
        answer = self.page.request.post(f"/api/v1{path}", data=body or {}, headers=headers)
        assert answer.status in (200, 201), f"{path}: {answer.status} {answer.text()[:600]}"
        found: dict[str, Any] = answer.json()
        return found

    def get(self, path: str) -> Any:
        """Read something."""
        answer = self.page.request.get(f"/api/v1{path}")
        assert answer.status == 200, f"{path}: {answer.status} {answer.text()[:600]}"
        return answer.json()


@pytest.fixture
def client(visit: Callable[..., Page]) -> Callable[[str], Client]:
    """Return a client for an account."""
    return lambda account: Client(visit(account))


def graded_report(client: Callable[[str], Client], requirement: str) -> tuple[str, str]:
    """Hand in a report, grade its item and settle who it names; return report and item."""
    report = client("reporting.officer").post(
        "/collection/reports",
        {
            "legal_basis": BASIS,
            "items": [
                {"text": "A grey lorry with plate AT-HTTP 77 stands at the quay each night.", "kind": "fact"}
            ],
            "urgency": "medium",
            "provenance": "seen",
            "requirement": requirement,
        },
    )
    evaluator = client("intelligence.officer")
    (item,) = evaluator.get(f"/collection/reports/{report['ref']}")["items"]
    scheme = {"scheme": "europol-4x4", "scheme_version": "1"}
    grade = {"source": "B", "information": "2", "handling": "H1"}
    evaluator.post(f"/evaluation/items/{item['ref']}/evaluations", {**scheme, **grade})
    evaluator.post(
        "/collation/entities",
        {
            "item": item["ref"],
            "kind": "vehicle",
            "statements": [{"property": "plate", "value": "AT-HTTP 77", "kind": "fact"}],
        },
    )
    return report["ref"], item["ref"]


def released_edition(client: Callable[[str], Client], requirement: str, item: str) -> tuple[str, str]:
    """Write a product that rests on the item, and release it to the chair; return product and recommendation."""
    analyst = client("operational.analyst")
    product = analyst.post(
        "/analysis/products",
        {
            "legal_basis": BASIS,
            "product_type": "problem_profile",
            "title": "Lorries at the quay by night",
            "question": "Who moves goods at the quay by night?",
            "asker": "chair",
            "requirement": requirement,
        },
    )["ref"]
    analyst.post(f"/analysis/products/{product}/citations", {"items": [item]})
    recommendation = analyst.post(
        f"/analysis/products/{product}/recommendations",
        {
            "text": "Check lorries at the quay with customs for four weeks",
            "strand": "pursue",
            "effect": "The night runs stop or move",
            "hours": 120,
            "money": 2400,
        },
    )["ref"]
    whole = analyst.get(f"/analysis/products/{product}")
    blocks = [
        {
            "id": "problem",
            "kind": "text",
            "heading": "Problem",
            "text": f"A lorry stands at the quay each night [{item}].",
        }
    ]
    token = next(c["value"] for c in analyst.page.context.cookies() if c["name"] == "csrftoken")
    saved = analyst.page.request.put(
        f"/api/v1/analysis/products/{product}",
        data={"title": whole["title"], "blocks": blocks, "revision": whole["revision"]},
        headers={"X-CSRFToken": token, "Referer": analyst.page.url},
    )
    assert saved.status == 200, saved.text()[:600]
    answers = {q.code: "The place is measured, no person and no group." for q in RIGHTS_QUESTIONS}
    edition = analyst.post(
        f"/analysis/products/{product}/editions",
        {"revision": saved.json()["revision"], "rights_check": answers},
    )["ref"]
    analyst.post(f"/dissemination/editions/{edition}/reviewers", {"reviewer": "strategic.analyst"})
    client("strategic.analyst").post(f"/dissemination/editions/{edition}/reviews", {"is_sound": True})
    head = client("head.of.intelligence")
    head.post(f"/dissemination/editions/{edition}/approvals", {"is_approved": True, "note": "Sound."})
    release = head.post(
        f"/dissemination/editions/{edition}/releases", {"readers": ["chair"], "reason": "For the meeting"}
    )["ref"]
    client("chair").post(f"/dissemination/releases/{release}/receipts", {})
    return product, recommendation


def decided_operation(client: Callable[[str], Client], recommendation: str) -> tuple[str, str]:
    """Decide in a meeting and open an operation with one task; return decision and task."""
    chair = client("chair")
    unit = chair.get("/units")[0]["code"]
    meeting = chair.post(
        "/tasking/meetings",
        {
            "legal_basis": BASIS,
            "kind": "regional_operational",
            "title": "Operational meeting over HTTP",
            "unit": unit,
            "chair": "chair",
            "starts_at": datetime.now(UTC).isoformat(),
            "members": ["tasking.coordinator", "plan.owner"],
        },
    )["ref"]
    chair.post(f"/tasking/meetings/{meeting}/agenda/fill")
    chair.post(f"/tasking/meetings/{meeting}/open", {"present": ["tasking.coordinator", "plan.owner"]})
    decision = chair.post(
        f"/tasking/meetings/{meeting}/decisions",
        {
            "title": "Checks at the quay",
            "options": [
                {
                    "key": "A",
                    "text": "Joint checks",
                    "hours": 120,
                    "money": 2400,
                    "recommendation": recommendation,
                },
                {"key": "B", "text": "Do nothing, measure", "hours": 0, "money": 0},
            ],
            "chosen": "A",
            "reasons": "The pattern is firm and the hours are free.",
            "necessity": "Letters alone changed nothing.",
            "proportionality": "Four weeks, vehicles only.",
            "non_discrimination": "All lorries at the quay are checked alike.",
            "effect_review_on": day(60),
            "answers": [{"recommendation": recommendation, "verdict": "accept", "reason": "As proposed."}],
        },
    )["ref"]
    operation = chair.post(
        f"/tasking/decisions/{decision}/operations",
        {
            "name": "Operation Quay",
            "goals": "No night runs for four weeks",
            "plan_owner": "plan.owner",
            "starts_on": day(0),
            "ends_on": day(28),
            "tasks": [
                {
                    "title": "Check lorries by night",
                    "strand": "pursue",
                    "owner": "plan.owner",
                    "due_on": day(14),
                    "hours_planned": 120,
                }
            ],
        },
    )["ref"]
    owner = client("plan.owner")
    tasks = owner.get("/tasking/tasks")["rows"]
    task = next(t["ref"] for t in tasks if t["title"] == "Check lorries by night")
    assert operation
    return decision, task


def test_one_report_becomes_an_outcome_and_the_thread_shows_every_step(
    client: Callable[[str], Client],
) -> None:
    """From requirement to lesson, no step is missing [DIR-04, TCG-05, OPS-03]."""
    requirement = client("chair").post(
        "/direction/requirements",
        {
            "legal_basis": BASIS,
            "question": "Who moves goods at the quay by night?",
            "why": "To decide on checks",
            "due_on": day(30),
            "urgency": "medium",
        },
    )["ref"]
    report, item = graded_report(client, requirement)
    product, recommendation = released_edition(client, requirement, item)
    decision, task = decided_operation(client, recommendation)
    owner = client("plan.owner")
    owner.post(f"/tasking/tasks/{task}/efforts", {"spent_on": day(0), "hours": 12})
    outcome = owner.post(
        f"/review/tasks/{task}/outcome",
        {"result": "achieved", "text": "Two lorries were turned back.", "happened_on": day(0)},
    )["ref"]
    lesson = client("head.of.intelligence").post(
        "/review/lessons",
        {
            "text": "Customs knew the lorries already; ask earlier.",
            "outcome": outcome,
            "question": "Which lorries does customs know?",
            "due_on": day(40),
            "urgency": "low",
            "legal_basis": BASIS,
        },
    )["ref"]

    forward = client("head.of.intelligence").get(f"/review/thread/{report}?direction=forward")
    reached = {node["ref"] for node in forward["nodes"]}
    assert {report, item, product, recommendation, decision, task, outcome, lesson} <= reached
    back = client("head.of.intelligence").get(f"/review/thread/{outcome}?direction=back")
    assert {requirement, report, item} <= {node["ref"] for node in back["nodes"]}
    ends = {node["ref"] for node in forward["nodes"]}
    assert all({edge["from"], edge["to"]} <= ends for edge in forward["edges"])
