"""The certificate of an erasure as a tagged PDF: what went under which rule, in ids and counts, never in content."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from openilp.analysis.documents import document_pdf
from openilp.safeguards.models import Erasure, User
from openilp.safeguards.retention import clocks

_TEMPLATE = Path(__file__).parent / "typst" / "certificate.typ"


def certificate_pdf(row: Erasure) -> bytes:
    """Return the certificate of an erasure as PDF."""
    return document_pdf(_TEMPLATE, certificate_data(row))


def certificate_data(row: Erasure) -> dict[str, Any]:
    """Return what the certificate shows."""
    at = timezone.localtime(row.created_at)
    return {
        "head": {
            "level": 1,
            "level_word": _("internal"),
            "compartments": [],
            "agency": settings.OPENILP_AGENCY,
            "kind": _("Certificate of erasure"),
            "ref": row.ref,
            "title": _("Certificate of erasure"),
            "date": at.date().isoformat(),
            "language": (translation.get_language() or "en").split("-")[0],
            "page": pgettext("before a page number", "Page"),
        },
        "facts": [
            [_("Erased"), f"{at:%Y-%m-%d %H:%M}"],
            [_("Under the account of"), str(User.objects.get(pk=row.created_by_id))],
            [_("Rules"), ", ".join(f"{code} ({clocks.rule_of(code).basis})" for code in row.rules)],
            [_("Rows in all"), str(sum(row.erased.values()))],
            [_("Files removed"), str(len(row.files))],
            [_("Recipients told"), str(row.told)],
            [_("SHA-256 over the ids"), row.digest],
        ],
        "roots_title": _("Records"),
        "roots_head": [_("Id"), _("Kind"), _("Rule")],
        "roots": [[each["id"], each["kind"], each["rule"]] for each in row.roots],
        "counts_title": _("Rows by kind"),
        "counts_head": [_("Kind"), _("Rows")],
        "counts": [[kind, str(number)] for kind, number in row.erased.items()],
        "reissued_title": _("Issued anew without the erased passages"),
        "reissued_head": [_("Id"), _("SHA-256 before"), _("SHA-256 after")],
        "reissued": [[each["id"], each["was"][:16], each["now"][:16]] for each in row.reissued],
        "note": _("The ids stand in the erasure ledger too, from which a restored database is put right."),
    }
