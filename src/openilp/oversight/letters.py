"""The letters of the rights desk as tagged PDF, in the language of the person.

“Nothing is held” and “what is held is omitted” are one letter, byte for byte: its words, its number and its date depend
on the request alone (Directive (EU) 2016/680 Art. 15(3): where the information itself would do the harm).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from openilp import reference
from openilp.analysis.documents import document_pdf
from openilp.oversight import rights_wording as wording
from openilp.oversight.models import RightsOrder, RightsRequest
from openilp.oversight.rules.rights import Ask
from openilp.oversight.selectors.holdings import Finding

_TEMPLATE = Path(__file__).parent / "typst" / "letter.typ"


@dataclass(frozen=True)
class Told:
    """What a letter tells: disclosed findings, the grounds of what it says is withheld, and measures."""

    disclosed: Sequence[Finding]
    grounds: Sequence[str]
    measures: Sequence[RightsOrder]

    @property
    def shows_something(self) -> bool:
        """Tell whether the letter differs from one that says that there is nothing to tell."""
        return bool(self.disclosed or self.grounds or self.measures)


def letter_pdf(row: RightsRequest, told: Told, *, dated_on: date) -> bytes:
    """Return the answer to a request as PDF, in the language of the person."""
    with translation.override(row.language):
        return document_pdf(_TEMPLATE, letter_data(row, told, dated_on=dated_on))


def letter_data(row: RightsRequest, told: Told, *, dated_on: date) -> dict[str, Any]:
    """Return what the letter shows, in the active language."""
    title = _("Answer to your request")
    return {
        "head": {
            "level": 1,
            "level_word": _("personal"),
            "compartments": [],
            "agency": settings.OPENILP_AGENCY,
            "kind": _("Your request"),
            "ref": row.ref,
            "title": title,
            "date": dated_on.isoformat(),
            "language": row.language,
            "page": pgettext("before a page number", "Page"),
        },
        "to": [line for line in (row.full_name, *row.address.split("\n")) if line.strip()],
        "opening": _opening(row, told),
        "items": [_item(one) for one in told.disclosed],
        "closing": [*_withheld(told), *_rights(row)],
        "closing_title": _("Your rights"),
    }


def _opening(row: RightsRequest, told: Told) -> list[str]:
    said = [
        _("On %(day)s we received your request: %(what)s.")
        % {"day": row.received_on.isoformat(), "what": wording.asks(row.kind).lower()}
    ]
    if row.kind == Ask.INDIRECT:
        return [*said, _("The supervisory authority has had all necessary verifications made.")]
    if told.disclosed:
        said.append(_("These data on you are held, and you are given them here."))
        said.append(
            _(
                "They are kept to prevent, detect and prosecute offences. They are open to members of this agency"
                " whose duties need them."
            )
        )
    said += [_measure(each) for each in told.measures]
    if not told.shows_something:
        said.append(_("There are no data on you of which we have to tell you."))
    return said


def _measure(each: RightsOrder) -> str:
    words = {
        "rectify": _("A record on you was corrected."),
        "restrict": _("A record on you was restricted: it is kept, and used by nobody."),
        "erase": _("A record on you is erased."),
        "refuse": _("One of your wishes could not be met: %(reason)s") % {"reason": each.outcome},
    }
    return words[each.measure]


def _item(one: Finding) -> dict[str, Any]:
    assert one.decision is not None  # noqa: S101 (only decided findings are told of)
    assert one.content is not None  # noqa: S101 (only findings that were read are told of)
    frame = []
    if one.content.recorded_on:
        frame += [
            _("recorded on %(day)s") % {"day": one.content.recorded_on},
            _("reviewed by %(day)s at the latest") % {"day": one.content.review_on},
            _("legal basis: %(law)s") % {"law": _law(one.content.legal_basis)},
        ]
    return {
        "title": wording.record_kind(one.row.record_kind),
        "frame": ", ".join(frame),
        "paragraphs": [part for part in one.decision.shown.split("\n") if part.strip()],
    }


def _law(code: str) -> str:
    try:
        found = reference.legal_basis(code)
    except reference.UnknownCode:
        return code
    return f"{found.act}, {found.provision}"


def _withheld(told: Told) -> list[str]:
    if not told.grounds:
        return []
    grounds = "; ".join(str(wording.GROUNDS[letter]) for letter in told.grounds)
    return [
        _("Access to a part of the data is refused, on these grounds of the law: %(grounds)s.")
        % {"grounds": grounds}
    ]


def _rights(row: RightsRequest) -> list[str]:
    clock = reference.national_profile(settings.OPENILP_PROFILE).rights
    return [
        _("You may ask us to correct, erase or restrict data on you that are wrong or unlawful."),
        _("You may complain to the supervisory authority, and exercise your rights through it: %(name)s.")
        % {"name": clock.authority},
        _("You may go to court: %(name)s.") % {"name": clock.court},
    ]
