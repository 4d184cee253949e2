"""Signs, outcomes and figures in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

#: What each rule is called, and what it says.
RULES: dict[str, tuple[Any, Any]] = {
    "self_look_up": (_("Looked up their own record"), _("Opened a record that bears their own name.")),
    "colleague_look_up": (
        _("Looked up a colleague"),
        _("Opened a record that bears the name of another member of staff."),
    ),
    "surname_look_up": (_("Looked up their own surname"), _("Opened several records of their own surname.")),
    "neighbour_look_up": (
        _("Looked up a neighbour"),
        _("Opened a record with an address in their own street."),
    ),
    "bulk_browsing": (
        _("Browsed in bulk"),
        _("Was handed far more different records than on an ordinary day."),
    ),
    "off_task": (_("Off task"), _("Opened records of other operations than the one acted for.")),
    "off_shift": (_("Off shift"), _("Was handed records outside the hours of duty.")),
    "reused_words": (_("Same words again"), _("Justified different records with the very same words.")),
    "slow_coverage": (
        _("Slow coverage of a network"),
        _("Opened nearly a whole neighbourhood of the graph, a little a day, for no operation on it."),
    ),
    "late_purpose": (
        _("Purpose recorded after the look-up"),
        _("Joined a matter only after having opened its records for another purpose."),
    ),
}
FIGURES: dict[str, Any] = {
    "events": _("Events"),
    "records": _("Different records"),
    "ordinary": _("Records on an ordinary day"),
    "network": _("Records in the neighbourhood"),
}
OUTCOMES: dict[str, Any] = {
    "explained": _("Explained: it was work"),
    "spoken_to": _("Spoken to the person concerned"),
    "referred": _("Referred for an inquiry"),
}
#: What stands against a row, as the head of a column.
REASONS: dict[str, Any] = {
    "level": _("marked higher"),
    "compartments": _("another operation"),
    "state": _("uncategorised or set aside"),
    "partner": _("not released"),
    "seen": _("would be seen"),
}
#: Kinds of data that the process holds, for the records of processing.
DATA: tuple[Any, ...] = (
    _("reports and their items, with their grades and handling codes"),
    _("statements about persons, organisations, vehicles, places and other things, and links between them"),
    _("categories of persons in a matter, markings of children and of vulnerable people"),
    _("incidents with place and time"),
    _("products, releases, decisions, tasks and outcomes"),
    _("staff: accounts, duties, and the log of what they read and wrote"),
)
#: What an assessment of a method decides.
ASSESSED: dict[str, Any] = {
    "may_be_used": _("It may be used"),
    "with_measures": _("It may be used with the measures named"),
    "consult_authority": _("The supervisory authority is consulted first"),
    "not_to_be_used": _("It is not to be used"),
}
#: How a method stands.
STANDINGS: dict[str, Any] = {
    "assessed": _("assessed"),
    "none": _("no assessment"),
    "unsigned": _("waits for a second person"),
    "not_agreed": _("the second person disagrees"),
    "not_allowed": _("not allowed"),
    "overdue": _("review overdue"),
    "other_version": _("assessed in another version"),
}
#: The parts that a person writes.
PARTS: dict[str, Any] = {
    "necessity": _("Necessity"),
    "proportionality": _("Proportionality"),
    "risks": _("Risks to people's rights"),
    "measures": _("Measures against them"),
}
#: Headings of the library's cards.
CARD: dict[str, Any] = {
    "Question": _("Question"),
    "Assumptions": _("Assumptions"),
    "Traps": _("Traps"),
    "Not for": _("Not for"),
    "Oracle": _("Checked against"),
    "Source": _("Source"),
}
#: What a breach did to data.
HARMS: dict[str, Any] = {
    "confidentiality": _("Seen by somebody who may not"),
    "integrity": _("Changed by somebody who may not"),
    "availability": _("Lost or out of reach"),
}
#: What is done about a breach.
STEPS: dict[str, Any] = {
    "notified": _("The authority was told"),
    "no_risk": _("The authority is not told: no risk to people is likely"),
    "people_told": _("The people concerned were told"),
    "people_not_told": _("The people concerned are not told"),
    "measure": _("Something was done"),
    "closed": _("Closed, with the lessons"),
}
#: How a breach stands.
BREACHES: dict[str, Any] = {
    "running": _("clock runs"),
    "overdue": _("72 hours are over"),
    "answered": _("authority answered"),
    "closed": _("closed"),
}
#: What the supervisory authority asks.
ASKED: dict[str, Any] = {
    "record": _("Is this record lawful?"),
    "person": _("A person uses rights through the authority"),
}
#: What data protection answers.
FINDINGS: dict[str, Any] = {
    "nothing_to_change": _("Looked at; there is nothing to change"),
    "corrected": _("Corrected"),
    "restricted": _("Restricted"),
    "erased": _("Erased"),
    "request_opened": _("A request is open at the rights desk"),
}
