"""Keeping the agency's own part of the records of processing."""

from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction

from openilp.oversight.errors import OversightConflict, OversightError
from openilp.oversight.models import ProcessingEntry
from openilp.oversight.models.registers import KEEPERS
from openilp.oversight.selectors import processing as selectors
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor


@dataclass(frozen=True)
class Own:
    """What only the agency knows of its processing (Directive (EU) 2016/680 Art. 24(1))."""

    controller: str
    controller_contact: str
    officer_contact: str
    transfers: str
    joint_controllers: str = ""
    recipients: str = ""
    measures: str = ""


_NEEDED = ("controller", "controller_contact", "officer_contact", "transfers")


class SupersededMeanwhile(OversightConflict):
    """Say that somebody else wrote a newer version first."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(
            f"Somebody has written a newer version of {what} meanwhile; open it and write yours anew."
        )


@action("oversight.keep_processing_entry", roles=KEEPERS)
def keep_processing_entry(*, actor: Actor, own: Own, supersedes: str = "") -> ProcessingEntry:
    """Write the agency's own part anew; what was written before stays as it was.

    Args:
        actor: Who keeps the registers.
        own: The whole part, not only what changes.
        supersedes: Reference of the version that was read; empty for the first.

    Raises:
        OversightError: If a part that the law asks for is empty.
        SupersededMeanwhile: If another version is the present one by now.
    """
    values = {name: text.strip() for name, text in asdict(own).items()}
    for name in _NEEDED:
        if not values[name]:
            raise OversightError(
                name, "The law asks for it; where there is nothing to say, say so in a word."
            )
    before = selectors.present_entry(actor=actor)
    if (before.ref if before else "") != supersedes.strip().upper():
        raise SupersededMeanwhile("this part")
    try:
        with transaction.atomic():
            row: ProcessingEntry = ProcessingEntry.objects.record(actor=actor, supersedes=before, **values)
    except IntegrityError as error:
        raise SupersededMeanwhile("this part") from error
    return row
