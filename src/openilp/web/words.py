"""Words of the frame for codes that the floor stores: duties, notices."""

from typing import Any

from django.utils.translation import gettext, gettext_lazy

from openilp.safeguards.roles import Role

ROLES: dict[str, Any] = {
    Role.CHAIR: gettext_lazy("Chair of tasking"),
    Role.TASKING_COORDINATOR: gettext_lazy("Tasking coordinator"),
    Role.HEAD_OF_INTELLIGENCE: gettext_lazy("Head of intelligence"),
    Role.STRATEGIC_ANALYST: gettext_lazy("Strategic analyst"),
    Role.OPERATIONAL_ANALYST: gettext_lazy("Operational analyst"),
    Role.INTELLIGENCE_OFFICER: gettext_lazy("Intelligence officer"),
    Role.REPORTING_OFFICER: gettext_lazy("Reporting officer"),
    Role.PLAN_OWNER: gettext_lazy("Plan owner"),
    Role.DATA_PROTECTION_OFFICER: gettext_lazy("Data-protection officer"),
    Role.OVERSIGHT: gettext_lazy("Oversight"),
    Role.LIAISON_OFFICER: gettext_lazy("Liaison officer"),
    Role.ADMINISTRATOR: gettext_lazy("Administrator"),
}

#: What a notice says; the reference follows. A kind that is not here is shown by its code.
NOTICES: dict[str, Any] = {
    "urgent": gettext_lazy("Urgent report: acknowledge it"),
    "urgent_report": gettext_lazy("Urgent report: acknowledge it"),
    "escalated": gettext_lazy("Nobody acknowledged an urgent report; it is yours now"),
    "escalation": gettext_lazy("Nobody acknowledged an urgent report; it is yours now"),
    "assigned": gettext_lazy("A report is yours to evaluate"),
    "reply": gettext_lazy("Reply to your report"),
    "disputed": gettext_lazy("Something that you used is disputed"),
    "dispute": gettext_lazy("Something that you used is disputed"),
    "saved_search": gettext_lazy("New hits of your saved search"),
    "requirement": gettext_lazy("A requirement was raised on your priority"),
    "requirement_raised": gettext_lazy("A requirement was raised on your priority"),
    "requirement_answered": gettext_lazy("Your requirement is answered"),
    "requirement_closed": gettext_lazy("Your requirement is closed"),
    "plan_line": gettext_lazy("You are to collect something"),
    "approval_wanted": gettext_lazy("A product waits for your approval"),
    "approved": gettext_lazy("Your product is approved"),
    "returned": gettext_lazy("Your product came back"),
    "release": gettext_lazy("A product was released to you"),
    "released": gettext_lazy("A product was released to you"),
    "recall": gettext_lazy("A product was recalled: do not use it"),
    "recalled": gettext_lazy("A product was recalled: do not use it"),
    "grade_returned": gettext_lazy("A grade of yours came back"),
    "sanitisation_approved": gettext_lazy("Your sanitised version is approved"),
    "sanitisation_returned": gettext_lazy("Your sanitised version came back"),
    "rating": gettext_lazy("A reader rated your product"),
    "meeting": gettext_lazy("You are invited to a meeting"),
    "task": gettext_lazy("A task is yours"),
    "task_due": gettext_lazy("Your task is due"),
    "decision": gettext_lazy("A decision concerns you"),
    "lesson": gettext_lazy("A lesson was drawn from your task"),
}


def role(code: str) -> str:
    """Return the word for a duty."""
    return str(ROLES.get(code, code))


def notice(kind: str) -> str:
    """Return what a notice says."""
    return str(NOTICES[kind]) if kind in NOTICES else gettext(kind.replace("_", " ").capitalize())
