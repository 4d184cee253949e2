"""The audit log of this installation: where it lies, under which name and key it signs."""

import re
import secrets
from pathlib import Path

from openilp.safeguards.keys import key_file
from openilp.safeguards.log import ledger
from openilp.safeguards.log.ledger import AuditLog
from openilp.safeguards.log.published import IDENTITY, Identity
from openilp.safeguards.postgres.home import openilp_home
from openilp.safeguards.postgres.instance import configured

_PUBLIC_KEY = "oversight.pub"
_DETAIL_DAYS = 365


def folder() -> Path:
    """Return the folder of the log: `audit` in the home, or where OPENILP_AUDIT says."""
    named = configured("OPENILP_AUDIT")
    return Path(named).expanduser().absolute() if named else openilp_home() / "audit"


def oversight_key_file() -> Path:
    """Return the file that holds the oversight body's public key, where there is one."""
    named = configured("OPENILP_OVERSIGHT_KEY")
    return Path(named).expanduser().absolute() if named else openilp_home() / "keys" / _PUBLIC_KEY


def detail_days() -> int:
    """Return for how many days the sealed details are kept."""
    return int(configured("OPENILP_AUDIT_DETAIL_DAYS", str(_DETAIL_DAYS)))


def open_log() -> AuditLog:
    """Open the log for appending, under the origin that it began with.

    Raises:
        LogError: If it cannot be continued.
    """
    here = folder()
    begun = (here / IDENTITY).exists()
    origin = Identity.read(here).origin if begun else configured("OPENILP_AUDIT_ORIGIN") or _fresh_origin()
    return AuditLog(here, ledger.signer_of(origin, key_file(openilp_home(), "auditlog")))


def _fresh_origin() -> str:
    """Return a name that no other log has: of the agency, and a random part."""
    agency = (
        re.sub(r"[^a-z0-9]+", "-", configured("OPENILP_AGENCY", "openilp").lower()).strip("-") or "openilp"
    )
    return f"{agency}/audit/{secrets.token_hex(4)}"
