"""The audit outbox: written in the transaction that serves, drained by one sequencer."""

import json
from typing import Any

from django.db import connection


def record(event: dict[str, Any]) -> None:
    """Append one event to the outbox, in the running transaction or on its own."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO safeguards_audit_outbox (event) VALUES (%s)", [json.dumps(event)])
