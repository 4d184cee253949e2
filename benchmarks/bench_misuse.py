"""Signs of misuse among a million events: one examination of the log with a look-back of 30 days, and what it finds.

A month of office work of 300 accounts lies in the table of the log, and among it one case of each rule on the last
day. The examination reads all of it; every case must be found, by one run of the job, so within the six hours between
two runs.
"""

import os
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

EVENTS = int(os.environ.get("OPENILP_BENCHMARK_EVENTS", "1000000"))
ACCOUNTS, RECORDS, DAYS = 300, 100_000, 30
#: The job runs every six hours; an examination that took longer than one of them would fall behind.
MOST_SECONDS = 6 * 3600.0
#: Ordinary work: 8 to 18 o'clock, ten records in a list, three look-ups in ten events.
_FILL = """INSERT INTO safeguards_auditevent (seq, at, event, previous, digest, touched)
    SELECT n, date_trunc('day', %(now)s::timestamptz) - interval '1 day' * mod(n / %(number)s, %(days)s)
        + interval '8 hours' + interval '1 second' * mod(n * 31, 36000),
        jsonb_build_object('actor', (%(accounts)s::text[])[1 + mod(n, %(number)s)::integer], 'purpose', 'incident',
            'action', 'collation.entity', 'outcome', 'done', 'delivered', jsonb_build_object('report',
            (SELECT jsonb_agg(md5('r' || mod(n * 7919 + k * 104729, %(records)s))::uuid)
                FROM generate_series(1, 10) k)),
            'counted', '{}'::jsonb, 'writes', '[]'::jsonb)
        || CASE WHEN mod(n, 10) < 3 THEN jsonb_build_object('opened', jsonb_build_object('report',
            jsonb_build_array(md5('r' || mod(n * 104723, %(records)s))::uuid))) ELSE '{}'::jsonb END,
        '', md5(n::text), '{}'
    FROM generate_series(1, %(events)s::bigint) n"""


class Month:
    """The log of a month, with what is near ten members of staff."""

    def __init__(self, owner: psycopg.Connection[Any], now: datetime) -> None:
        self.owner, self.now, self.seq = owner, now, EVENTS
        self.due: set[tuple[str, str]] = set()

    def look(self, who: Any, at: datetime, *, opened: list[UUID], seen: list[UUID] = [], **more: Any) -> None:  # noqa: B006
        """Write one event."""
        self.seq += 1
        keys = [str(key) for key in opened]
        event = {
            "actor": str(who.pk),
            "purpose": "incident",
            "action": "collation.entity",
            "outcome": "done",
            "delivered": {"entity": keys + [str(key) for key in seen]},
            **({"opened": {"entity": keys}} if keys else {}),
            **more,
        }
        self.owner.execute(
            "INSERT INTO safeguards_auditevent (seq, at, event, previous, digest, touched)"
            " VALUES (%s, %s, %s, '', md5(%s::text), '{}')",
            [self.seq, at, Jsonb(event), self.seq],
        )


def _people() -> list[Any]:
    from openilp.safeguards.models import Unit, User
    from openilp.safeguards.roles import Role

    units = [
        Unit.objects.create(code=f"U{n}", name=f"Unit {n}", organisation_level="local") for n in range(10)
    ]
    made = [
        User(
            username=f"user.{n}",
            full_name=f"Given{n} Family{n}",
            unit=units[n % 10],
            roles=[Role.OVERSIGHT if n == 299 else Role.CHAIR if n % 30 == 0 else Role.OPERATIONAL_ANALYST],
            clearance=3,
        )
        for n in range(ACCOUNTS)
    ]
    return list(User.objects.bulk_create(made))


def _seed(month: Month, people: list[Any]) -> None:
    from openilp.collation.models import Entity, Link, Statement
    from openilp.collation.rules.values import value_key
    from openilp.oversight.services.misuse import keep_pattern
    from openilp.safeguards.acting import acting
    from openilp.safeguards.models import Matter, Membership
    from openilp.safeguards.people import actor_for

    lawful = {"legal_basis": "POL-12", "kind": "fact"}
    with acting(actor_for(people[1], reason="administration"), "benchmark") as block:
        matters = [
            Matter.objects.record(
                actor=block.actor,
                title=title,
                kind="operation",
                purpose_code="detect",
                legal_basis="POL-12",
                owner_unit_id=people[1].unit_id,
            )
            for title in ("Everybody's", "Closed", "Late")
        ]
    for matter in matters[:2]:
        Membership.objects.create(matter=matter, user=people[1])
    with acting(actor_for(people[1], purpose=matters[0].pk), "benchmark") as block:
        actor = block.actor

        def entity(value: str, about: str = "name", **more: Any) -> UUID:
            row = Entity.objects.record(actor=actor, kind="person")
            label = more.pop("label", None) or actor.label(compartments=frozenset())
            key = value_key("person", about, value)
            values = {"property": about, "value": value, "value_key": key, "label": label}
            Statement.objects.record(actor=actor, entity=row, **values, **lawful)
            return UUID(str(row.pk))

        own, other = entity("Family10, Given10"), entity("Family99, Given99")
        kin = [entity(f"Other{n} Family12") for n in range(2)]
        home, hub = entity("4 Lindenweg", "address"), entity("Hub")
        members = [entity(f"Member {n}") for n in range(15)]
        closed = [
            entity(f"Closed {n}", label=actor.label(compartments=frozenset({matters[1].pk})))
            for n in range(6)
        ]
        open_label = actor.label(compartments=frozenset())
        for member in members:
            Link.objects.record(
                actor=actor,
                source_id=hub,
                target_id=member,
                type="associate",
                confirmation="confirmed",
                label=open_label,
                **lawful,
            )
    keeper = actor_for(people[299], reason="administration")
    with acting(keeper, "benchmark"):
        keep_pattern(actor=keeper, user=people[13], shifts=[], address="9 Lindenweg")
        keep_pattern(actor=keeper, user=people[16], shifts=[[day, "07:30", "18:30"] for day in range(7)])
    noon = month.now.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
    day = timedelta(days=1)
    month.look(people[10], noon, opened=[own])
    month.look(people[11], noon, opened=[other])
    month.look(people[12], noon, opened=kin)
    month.look(people[13], noon, opened=[home])
    month.look(people[14], noon, opened=[], seen=[uuid4() for _ in range(8000)])
    month.look(people[15], noon, opened=closed)
    month.look(people[16], noon + timedelta(hours=10), opened=[], seen=[own])
    for n in range(3):
        month.look(people[17], noon - (2 - n) * day, opened=[uuid4()], justified="0f3c")
    for n, member in enumerate(members[:12]):
        month.look(people[18], noon - (11 - n) * day, opened=[member])
    late = uuid4()
    Membership.objects.create(matter=matters[2], user=people[19], since=noon - day)
    month.look(people[19], noon - 2 * day, opened=[late])
    month.look(people[19], noon, opened=[late], purpose=str(matters[2].pk))
    rules = (
        "self_look_up",
        "colleague_look_up",
        "surname_look_up",
        "neighbour_look_up",
        "bulk_browsing",
        "off_task",
        "off_shift",
        "reused_words",
        "slow_coverage",
        "late_purpose",
    )
    month.due = {(rule, f"user.{10 + n}") for n, rule in enumerate(rules)}


def examined(owner: psycopg.Connection[Any]) -> tuple[float, int, set[tuple[str, str]], int]:
    """Return the seconds of the examination, its events, the cases that it missed, and the signs that nobody seeded."""
    from django.utils import timezone

    from openilp.oversight.selectors.misuse import sign_list
    from openilp.oversight.services.misuse import examine_log
    from openilp.safeguards.acting import acting
    from openilp.safeguards.people import actor_for

    now = timezone.localtime()
    people = _people()
    accounts = [str(user.pk) for user in people]
    filled = {"now": now - timedelta(days=1), "days": DAYS, "accounts": accounts, "number": ACCOUNTS}
    owner.execute(_FILL, filled | {"records": RECORDS, "events": EVENTS})
    month = Month(owner, now)
    _seed(month, people)
    owner.execute("ANALYZE safeguards_auditevent")
    actor = actor_for(people[299], reason="administration")
    until = now.replace(hour=0, minute=0, second=0, microsecond=0)
    begun = time.perf_counter()
    with acting(actor, "oversight.examine_for"):
        run = examine_log(actor=actor, until=until)
    seconds = time.perf_counter() - begun
    with acting(actor, "benchmark"):
        found = {(row.rule, row.about.username) for row in sign_list(actor=actor)}
    print(f"{month.seq:,} events in the log, {run.events:,} of them on the day that was examined")
    return seconds, run.events, month.due - found, len(found - month.due)


def main() -> int:
    """Print the figures; 1 if a case was missed or the job would fall behind."""
    with tempfile.TemporaryDirectory(prefix="openilp-misuse-") as home:
        Path(home).chmod(0o711)
        os.environ["OPENILP_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openilp.web.settings")
        from openilp.cli.running import open_database
        from openilp.safeguards.postgres.bootstrap import OWNER
        from openilp.safeguards.postgres.instance import Instance

        open_database()
        server = Instance.here().server
        try:
            dsn = server.dsn(user=OWNER, dbname="openilp")
            with psycopg.connect(dsn, autocommit=True, options="-c app.migrating=on") as owner:
                seconds, _, missed, unseeded = examined(owner)
        finally:
            server.stop()
    kept = seconds <= MOST_SECONDS and not missed
    print(f"{'examination, s':<40}{seconds:>12,.1f}   limit {MOST_SECONDS:>10,.0f}")
    print(
        f"{'seeded cases found, of 10':<40}{10 - len(missed):>12}   {', '.join(sorted(r for r, _ in missed))}"
    )
    print(f"{'signs that nobody seeded':<40}{unseeded:>12}   {'kept' if kept else 'NOT KEPT'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
