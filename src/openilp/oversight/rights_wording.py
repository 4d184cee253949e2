"""What the rights desk and its letters say of their codes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

#: Which requests the register shows.
SHOWS: dict[str, Any] = {
    "open": _("open"),
    "overdue": _("overdue"),
    "mine": _("mine"),
    "all": _("all"),
}
ASKS: dict[str, Any] = {
    "access": _("Access"),
    "rectification": _("Rectification"),
    "erasure": _("Erasure"),
    "restriction": _("Restriction"),
    "indirect": _("Through the authority"),
}
PROOFS: dict[str, Any] = {
    "document": _("an identity document was shown"),
    "electronic": _("electronic identification"),
    "in_person": _("known in person"),
    "representative": _("a representative with a power of attorney"),
    "authority": _("the supervisory authority vouches"),
}
STEPS: dict[str, Any] = {
    "received": _("Received"),
    "taken_over": _("Taken over"),
    "extended": _("Time extended"),
    "withdrawn": _("Withdrawn by the person"),
    "answered": _("Answered"),
    "ordered": _("Measure ordered"),
    "done": _("Measure carried out"),
    "lifted": _("Restriction lifted"),
}
ANSWERS: dict[str, Any] = {
    "disclose": _("disclosed"),
    "part": _("disclosed in part"),
    "refuse": _("refused"),
    "omit": _("omitted"),
}
#: The grounds of Directive (EU) 2016/680 Art. 15(1).
GROUNDS: dict[str, Any] = {
    "a": _("it would obstruct official inquiries, investigations or procedures"),
    "b": _("it would prejudice the prevention, detection, investigation or prosecution of offences"),
    "c": _("public security"),
    "d": _("national security"),
    "e": _("the rights and freedoms of others"),
}
MEASURES: dict[str, Any] = {
    "rectify": _("rectify"),
    "restrict": _("restrict"),
    "erase": _("erase"),
    "refuse": _("refuse the wish"),
}
#: What a reader is told of a record that a product rests on.
TOLD: dict[str, Any] = {
    "rectify": _("A record that this product rests on was corrected."),
    "restrict": _("A record that this product rests on is restricted: do not use the product."),
}
#: What the letter and the desk call a record.
RECORDS: dict[str, Any] = {
    "entity": _("Record of a person or thing"),
    "statement": _("Statement"),
    "link": _("Connection"),
    "involvement": _("Place in a matter"),
    "marking": _("Marking"),
    "identityjudgement": _("Judgement of identity"),
    "report": _("Report"),
    "attachment": _("File of a report"),
    "evaluation": _("Evaluation"),
    "sanitisation": _("Sanitised version"),
    "assessment": _("Assessment"),
    "product": _("Product in the making"),
    "edition": _("Finished product"),
    "recommendation": _("Recommendation"),
    "decision": _("Decision"),
    "task": _("Task"),
    "operation": _("Operation"),
    "requirement": _("Requirement"),
    "savedsearch": _("Saved search"),
    "incident": _("Recorded incident"),
}


def asks(code: str) -> str:
    """Return what a person asks for, in words."""
    return str(ASKS.get(code, code))


def proof(code: str) -> str:
    """Return how an identity was proven, in words."""
    return str(PROOFS.get(code, code))


def step(code: str) -> str:
    """Return a line of a request's history in words."""
    return str(STEPS.get(code, code))


def answer(code: str) -> str:
    """Return what a person is told of a record, in words."""
    return str(ANSWERS.get(code, code))


def record_kind(kind: str) -> str:
    """Return what a kind of record is called; one without a word of its own is a record."""
    return str(RECORDS.get(kind, _("Record")))


def measure(code: str) -> str:
    """Return a measure in words."""
    return str(MEASURES.get(code, code))


def told(code: str) -> str:
    """Return what a reader is told of a measure."""
    return str(TOLD.get(code, code))
