"""Write something worth keeping into an instance, and read it back: run as a process of its own in its home.

`python -m tests.cli.keeping write|read|forget|token`; each prints one JSON object of what is there.
"""

import json
import os
import sys
from contextlib import closing
from io import BytesIO
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openilp.web.settings")

from openilp.cli import running

TEXT = "A grey van waits at the quay every Friday before dawn."
FILE = b"%PDF-1.7\n% the plan of the quay\n%%EOF\n"


def write() -> None:
    """Write two accounts and a matter, a report with a file, its events in the log, and one event that still waits."""
    from openilp.collection.models import Report
    from openilp.collection.rules import NewItem, NewReport
    from openilp.collection.services import attach_file, submit_report
    from openilp.safeguards.acting import acting
    from openilp.safeguards.models import Matter, Membership, Unit
    from openilp.safeguards.people import actor_for, make_account
    from openilp.safeguards.roles import Role

    unit = Unit.objects.get(code="N")
    common = {"unit": unit, "password": "long enough for tests 1", "must_change_password": False}
    head = make_account(
        username="head", full_name="Head", roles=[Role.HEAD_OF_INTELLIGENCE], clearance=3, **common
    )
    officer = make_account(
        username="officer", full_name="Officer", roles=[Role.INTELLIGENCE_OFFICER], clearance=2, **common
    )
    with acting(actor_for(head, reason="administration"), "test.open") as block:
        matter = Matter.objects.record(
            actor=block.actor,
            title="Desk",
            kind="standing_task",
            purpose_code="detect",
            legal_basis="POL-12",
            owner_unit_id=unit.pk,
            is_agency_wide=True,
        )
    Membership.objects.create(matter=matter, user=officer)
    new = NewReport(items=[NewItem(TEXT, "fact", ())], urgency="low", provenance="seen")
    with acting(actor_for(officer, purpose=matter.pk), "test.write") as block:
        report = submit_report(actor=block.actor, new=new, legal_basis="POL-12")
        attach_file(actor=block.actor, report=report, stream=BytesIO(FILE), name="quay.pdf")
    _drain()
    with acting(actor_for(officer, purpose=matter.pk), "test.still_waits") as block:
        list(Report.objects.seen_by(block.actor))


def forget() -> None:
    """Write into the ledger that the report was erased, as an erasure after the backup does."""
    from uuid import uuid4

    from openilp.collection.models import Report
    from openilp.safeguards.acting import acting
    from openilp.safeguards.models import User
    from openilp.safeguards.people import actor_for, own_matters
    from openilp.safeguards.retention import ledger

    officer = User.objects.get(username="officer")
    with acting(actor_for(officer, purpose=own_matters(officer)[0]), "test.forget") as block:
        key = str(Report.objects.seen_by(block.actor).get().pk)
    ledger.append([ledger.Line(str(uuid4()), "report", key, "TEST", "2026-01-31", str(officer.pk))])


def token() -> str:
    """Write, and issue a token to the officer, for the desk."""
    from openilp.safeguards.acting import acting
    from openilp.safeguards.models import User
    from openilp.safeguards.people import actor_for, issue_token, own_matters

    write()
    officer = User.objects.get(username="officer")
    with acting(actor_for(officer, purpose=own_matters(officer)[0]), "test.token") as block:
        return str(issue_token(actor=block.actor, name="of a test"))


def _drain() -> None:
    import psycopg

    from openilp.safeguards import sequencer
    from openilp.safeguards.log import instance
    from openilp.safeguards.postgres.instance import Instance

    with (
        closing(instance.open_log()) as log,
        psycopg.connect(Instance.here().sequencer_dsn(), autocommit=True) as connection,
    ):
        connection.execute("SET timezone TO 'UTC'")
        sequencer.drain(connection, log)
        log.publish()


def read() -> dict[str, Any]:
    """Return what the officer reads of it, through every wall and check."""
    from django.db import connection

    from openilp.collection import files
    from openilp.collection.models import Attachment, Item
    from openilp.safeguards.acting import acting
    from openilp.safeguards.models import User
    from openilp.safeguards.people import actor_for, own_matters

    officer = User.objects.get(username="officer")
    with acting(actor_for(officer, purpose=own_matters(officer)[0]), "test.read") as block:
        texts = [row.text for row in Item.objects.seen_by(block.actor)]
        stored = [
            b"".join(files.checked(row.sha256)).decode() for row in Attachment.objects.seen_by(block.actor)
        ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM collection_item")
        (unseen,) = cursor.fetchone()
    return {"texts": texts, "files": stored, "without_claims": unseen}


def main() -> None:
    """Open the instance as the command line does, and do what the argument says."""
    running.open_database()
    if sys.argv[1] == "token":
        print(json.dumps({"token": token()}))
        return
    for wanted, do in {"write": write, "forget": forget}.items():
        if sys.argv[1] == wanted:
            do()
    print(json.dumps(read()))


if __name__ == "__main__":
    main()
