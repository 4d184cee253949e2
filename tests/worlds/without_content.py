"""Routes that show nothing that can be hidden, each with its reason, and whose lists are one person's own."""

from openilp.safeguards.roles import Role

_ACCOUNTS = "accounts and units are no records of the process; whoever may open it sees all of them"
_REFERENCE = "reference data, the same for everybody"
_ADDRESSED = (
    "addressed by role, not by label: the second person must see what is asked, and it holds no content"
)
_STAFF = "what members of staff did: numbers of events and counts, no row and no word of a record"
_IDS = "keys that mean nothing, counts and hashes; stones stand under the label that the record had"
_REGISTER = (
    "what the agency says of its own work, and declared figures as they were issued: no row of the process"
)
_CHOSEN = "answers to rows that were chosen; without any it leads back to the inbox"

#: Pattern of a route to why no hidden row could change it for anybody.
NO_CONTENT: dict[str, str] = {
    "/settings/accounts": _ACCOUNTS,
    "/settings/accounts/new": _ACCOUNTS,
    "/settings/accounts/<str:username>": _ACCOUNTS,
    "/settings/units": _ACCOUNTS,
    "/api/v1/units": _ACCOUNTS,
    "/api/v1/accounts": _ACCOUNTS,
    "/api/v1/accounts/<username>": _ACCOUNTS,
    "/settings/delegations": "the account's own delegations and matters",
    "/api/v1/delegations": "the account's own delegations",
    "/api/v1/me/tokens": "the account's own tokens",
    "/api/v1/collection/districts": _REFERENCE,
    "/api/v1/collection/imports/mappings": _REFERENCE,
    "/api/v1/evaluation/schemes": _REFERENCE,
    "/api/v1/analysis/methods": _REFERENCE,
    "/api/v1/analysis/yardstick": _REFERENCE,
    "/api/v1/analysis/districts": _REFERENCE,
    "/api/v1/approvals": _ADDRESSED,
    "/api/v1/approvals/<ref>": _ADDRESSED,
    "/api/v1/emergencies": _ADDRESSED,
    "/api/v1/emergencies/<ref>": _ADDRESSED,
    "/oversight/signs": _STAFF,
    "/oversight/signs/<str:ref>": _STAFF,
    "/oversight/samples": _STAFF,
    "/oversight/samples/<str:ref>": _STAFF,
    "/oversight/figures": _STAFF,
    "/api/v1/oversight/signs": _STAFF,
    "/api/v1/oversight/signs/<ref>": _STAFF,
    "/api/v1/oversight/samples": _STAFF,
    "/api/v1/oversight/samples/<ref>": _STAFF,
    "/api/v1/oversight/figures": _STAFF,
    "/oversight/": "numbers of what waits in the lists of the desks, which are compared themselves",
    "/oversight/rights/new": "an empty form",
    "/oversight/corrections": "a reader's own notices: references of releases and of records, no content",
    "/oversight/erasures": _IDS,
    "/oversight/erasures/<str:ref>": _IDS,
    "/oversight/erasures/<str:ref>/certificate": _IDS,
    "/api/v1/oversight/erasures": _IDS,
    "/api/v1/oversight/erasures/<ref>": _IDS,
    "/oversight/processing": _REGISTER,
    "/oversight/processing/document": _REGISTER,
    "/oversight/processing/write": _REGISTER,
    "/oversight/statistics": _REGISTER,
    "/oversight/statistics/<str:ref>": _REGISTER,
    "/oversight/statistics/<str:ref>/csv": _REGISTER,
    "/api/v1/oversight/processing": _REGISTER,
    "/api/v1/oversight/statistics": _REGISTER,
    "/api/v1/oversight/statistics/<ref>": _REGISTER,
    "/audit/state": "how the log is signed: sizes, hashes and keys",
    "/oversight/authority": _REGISTER,
    "/oversight/authority/<str:ref>": _REGISTER,
    "/api/v1/oversight/authority": _REGISTER,
    "/api/v1/oversight/authority/<ref>": _REGISTER,
    "/oversight/breaches": _REGISTER,
    "/oversight/breaches/report": _REGISTER,
    "/oversight/breaches/<str:ref>": _REGISTER,
    "/oversight/breaches/<str:ref>/step": _REGISTER,
    "/oversight/breaches/<str:ref>/scope": _REGISTER,
    "/oversight/breaches/<str:ref>/letter": _REGISTER,
    "/api/v1/oversight/breaches": _REGISTER,
    "/api/v1/oversight/breaches/<ref>": _REGISTER,
    "/oversight/assessments": _REGISTER,
    "/oversight/assessments/<str:name>": _REGISTER,
    "/oversight/assessments/<str:name>/answer": _REGISTER,
    "/oversight/assessments/<str:name>/document": _REGISTER,
    "/api/v1/oversight/assessments": _REGISTER,
    "/api/v1/oversight/assessments/<name>": _REGISTER,
    "/evaluation/assign": _CHOSEN,
    "/evaluation/escalate": _CHOSEN,
    "/evaluation/duplicate": _CHOSEN,
}

#: Pattern of a list that is one person's own to whom something hidden was given.
ASKED_OF: dict[str, Role] = {
    "/api/v1/direction/lines": Role.REPORTING_OFFICER,
    "/api/v1/collation/searches": Role.OPERATIONAL_ANALYST,
    "/api/v1/dissemination/awaiting-review": Role.STRATEGIC_ANALYST,
    "/api/v1/dissemination/releases": Role.CHAIR,
}
