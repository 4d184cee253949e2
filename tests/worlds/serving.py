"""What the rights desk leaves in a world: a request, what was found for it, what was decided, sent and ordered."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.test import override_settings
from django.utils import timezone

from openilp.oversight.models import CorrectionNotice, RightsLetter, RightsOrder
from openilp.oversight.rules.rights import NewRequest
from openilp.oversight.selectors import holdings as selectors
from openilp.oversight.services import holdings, rights
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.log import sealing
from openilp.safeguards.roles import Role
from tests.worlds.agency import Agency
from tests.worlds.routes import NAME

KEEPER = Role.DATA_PROTECTION_OFFICER


def serve(agency: Agency, rows: int) -> None:
    """Register requests, look for one person, judge and decide; the key of the oversight body is of this moment."""
    with TemporaryDirectory() as folder:
        key = Path(folder, "oversight.pub")
        key.write_text(sealing.key_pair()[1])
        with override_settings(OPENILP_OVERSIGHT_KEY=key), agency.acting(KEEPER) as actor:
            asked = [
                rights.receive_request(
                    actor=actor,
                    new=NewRequest("access", timezone.localdate(), "in_person", f"Dovan {NAME}", "en"),
                )
                for _ in range(rows + 1)
            ]
            holdings.search_for_person(actor=actor, request=asked[0], words=[NAME])
            found = selectors.rows_of(asked[0], actor=actor)
            for one in found:
                holdings.judge_finding(actor=actor, finding=one, is_same=True)
            found = [one for one in selectors.rows_of(asked[0], actor=actor) if one.record_kind != "entity"]
            holdings.decide_finding(actor=actor, finding=found[0], decision="disclose")
            for one in found[1 : rows + 1]:
                holdings.decide_finding(
                    actor=actor,
                    finding=one,
                    decision="omit",
                    grounds=["b"],
                    reason="It would warn the others.",
                )
            for one in found[: rows + 1]:
                RightsLetter.objects.record(
                    actor=actor,
                    request=asked[0],
                    kind="answer",
                    language="en",
                    dated_on=timezone.localdate(),
                    pdf=b"%PDF-",
                    sha256="0" * 64,
                )
                order = RightsOrder.objects.record(
                    actor=actor,
                    request=asked[0],
                    finding=one,
                    measure="rectify",
                    record_kind=one.record_kind,
                    record_id=one.record_id,
                    record_ref=one.record_ref,
                    assignee=agency.plain[Role.INTELLIGENCE_OFFICER],
                    label=Label(Level.INTERNAL, frozenset(), actor.unit_id),
                    reason="The person showed the birth certificate.",
                )
                CorrectionNotice.objects.record(
                    actor=actor,
                    order_id=order.pk,
                    measure="rectify",
                    release_ref="RL-2222-2222",
                    recipient=agency.plain[Role.CHAIR],
                )
