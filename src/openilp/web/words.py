"""Words of the frame for codes that the floor stores: duties, notices."""

from typing import Any

from django.utils.translation import gettext_lazy

from openilp.safeguards.labels import Level
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
    Role.SUPERVISORY_AUTHORITY: gettext_lazy("Supervisory authority"),
    Role.LIAISON_OFFICER: gettext_lazy("Liaison officer"),
    Role.SOURCE_HANDLER: gettext_lazy("Source handler"),
    Role.SOURCE_CONTROLLER: gettext_lazy("Source controller"),
    Role.ADMINISTRATOR: gettext_lazy("Administrator"),
}

#: What a notice says; the reference follows.
NOTICES: dict[str, Any] = {
    "urgent_report": gettext_lazy("Urgent report: acknowledge it"),
    "escalation": gettext_lazy("An urgent report was handed up to you"),
    "assigned": gettext_lazy("A report is yours to evaluate"),
    "reply": gettext_lazy("Reply to your report"),
    "grade_returned": gettext_lazy("A grade of yours came back"),
    "sanitisation_approved": gettext_lazy("Your sanitised version is approved"),
    "sanitisation_returned": gettext_lazy("Your sanitised version came back"),
    "same_subject": gettext_lazy("Somebody works on the same as you: compare, then talk to each other"),
    "same_subject_flood": gettext_lazy(
        "One author records many things that may be yours; more of it is held back for a day"
    ),
    "saved_search_hit": gettext_lazy("New hits of your saved search"),
    "report_on_your_question": gettext_lazy("A report came in on your question"),
    "priority_is_yours": gettext_lazy("A priority is yours"),
    "requirement_raised": gettext_lazy("A requirement was raised on your priority"),
    "plan_line": gettext_lazy("You are to collect something"),
    "plan_line_returned": gettext_lazy("What you asked for was collected"),
    "collection_ended": gettext_lazy("A requirement is closed: stop collecting for it"),
    "review_asked": gettext_lazy("Review a colleague's product"),
    "reviewed": gettext_lazy("Your product was found sound"),
    "review_objects": gettext_lazy("A reviewer found faults in your product"),
    "approved": gettext_lazy("Your product is approved"),
    "returned": gettext_lazy("Your product came back"),
    "release": gettext_lazy("A product was released to you"),
    "recall": gettext_lazy("A product was recalled: do not use it"),
    "consent_asked": gettext_lazy("Your unit's consent is asked"),
    "consent_given": gettext_lazy("The originator consents"),
    "consent_refused": gettext_lazy("The originator refuses consent"),
    "answer_finished": gettext_lazy("A product that answers your question is finished"),
    "answer_released": gettext_lazy("A product that answers your question was released to you"),
    "rating": gettext_lazy("A reader rated your product"),
    "meeting_called": gettext_lazy("You are invited to a meeting"),
    "operation_opened": gettext_lazy("An operation is yours to lead"),
    "task_given": gettext_lazy("A task is yours"),
    "task_changed": gettext_lazy("Your task was changed"),
    "delegated": gettext_lazy("Somebody lets you act in their place"),
    "misuse_sign": gettext_lazy("A sign of misuse waits for an answer"),
    "sample_asked": gettext_lazy("One of your look-ups was drawn by lot: say why you needed it"),
    "sample_to_review": gettext_lazy("A drawn look-up of another unit waits for your review"),
    "sample_reviewed": gettext_lazy("Your drawn look-up was reviewed"),
    "approval_asked": gettext_lazy("Somebody needs you as a second person"),
    "approval_given": gettext_lazy("What you asked for is approved: carry it out"),
    "approval_refused": gettext_lazy("What you asked for is refused"),
    "approval_carried_out": gettext_lazy("What you approved is carried out"),
    "password_reset": gettext_lazy("An administrator set a new password for you"),
    "second_factor_removed": gettext_lazy("An administrator removed your second factor"),
    "glass_broken": gettext_lazy("Emergency: a matter was opened; it waits for your review"),
    "glass_broken_here": gettext_lazy("Emergency: one of your matters was opened by somebody"),
    "sensitive_opened": gettext_lazy("Somebody opened a record that you marked as sensitive"),
    "sensitive_opened_by_marker": gettext_lazy(
        "Somebody opened a sensitive record that the same person had marked"
    ),
    "sensitive_ended": gettext_lazy("A record that you marked as sensitive is no longer marked"),
    "emergency_reviewed": gettext_lazy("Your emergency was reviewed"),
    "reissued": gettext_lazy("A product that you received was issued anew: destroy older copies"),
    "product_erased": gettext_lazy("A product that you received was erased: destroy every copy"),
    "rectification_ordered": gettext_lazy("A record is to be corrected, by you"),
    "rectification_done": gettext_lazy("A record was corrected as you ordered"),
    "record_corrected": gettext_lazy("A record behind a product that you received was corrected: take note"),
    "record_restricted": gettext_lazy(
        "A product that you received rests on a restricted record: do not use it"
    ),
    "erasure_ordered": gettext_lazy("A record of your unit is ordered to be erased in the coming night"),
    "necessity_asked": gettext_lazy("Strict necessity waits for you as the second person"),
    "necessity_answered": gettext_lazy("Your question of strict necessity is answered"),
    "authority_asks": gettext_lazy("The supervisory authority asks"),
    "authority_answered": gettext_lazy("Data protection has answered you"),
    "breach_reported": gettext_lazy("A breach is in the register: 72 hours to tell the authority"),
    "duties_changed": gettext_lazy("Your duties were changed"),
}


#: What needs a second person.
APPROVALS: dict[str, Any] = {
    "safeguards.join": gettext_lazy("Open an account"),
    "safeguards.lower_label": gettext_lazy("Lower a label"),
    "safeguards.move": gettext_lazy("More duties or a higher clearance"),
    "safeguards.reset_password": gettext_lazy("New starting password"),
    "web.remove_second_factor": gettext_lazy("Remove the second factor"),
    "oversight.issue_letter": gettext_lazy("Withhold data from the person who asks"),
    "corridor.erase_source": gettext_lazy("Destroy the keys of a source"),
    "corridor.unlock_identity_handling": gettext_lazy("See who a source is, for the source desk"),
    "corridor.unlock_identity_independent": gettext_lazy("See who a source is, from outside the desk"),
}

#: What an approval on an account is about.
PARAMETERS: dict[str, Any] = {
    "level": gettext_lazy("Level"),
    "releasable_to": gettext_lazy("Releasable to"),
    "withheld": gettext_lazy("Records that are withheld"),
    "originator_control": gettext_lazy("Originator control"),
    "full_name": gettext_lazy("Name of the person"),
    "username": gettext_lazy("Name of the account"),
    "staff_number": gettext_lazy("Staff number"),
    "unit": gettext_lazy("Unit"),
    "roles": gettext_lazy("Duties"),
    "clearance": gettext_lazy("Clearance"),
    "partner": gettext_lazy("Partner agency"),
}

LEVELS: dict[int, Any] = {
    Level.OPEN: gettext_lazy("open"),
    Level.INTERNAL: gettext_lazy("internal"),
    Level.RESTRICTED: gettext_lazy("restricted"),
    Level.CONFIDENTIAL: gettext_lazy("confidential"),
}


def approval(action: str) -> str:
    """Return the word for what needs a second person."""
    return str(APPROVALS.get(action, action))


def level(code: int) -> str:
    """Return the word for a level."""
    return str(LEVELS[Level(int(code))])


def role(code: str) -> str:
    """Return the word for a duty."""
    return str(ROLES.get(code, code))


def notice(kind: str) -> str:
    """Return what a notice says; a kind without words is shown as it is written."""
    code = kind.replace("-", "_")
    return str(NOTICES[code]) if code in NOTICES else code.replace("_", " ").capitalize()
