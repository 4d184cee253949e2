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
