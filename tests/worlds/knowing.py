"""The first half of the process in a world: what is asked, comes in, is graded and is put together."""

import io
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils import timezone

from openilp.collation import services as collation
from openilp.collation.imports.entities import import_entities
from openilp.collation.imports.links import import_links
from openilp.collation.models import Entity
from openilp.collation.rules import NewInvolvement, NewStatement
from openilp.collation.selectors.searching import Filters
from openilp.collation.services import NewLink
from openilp.collection import services as collection
from openilp.collection.imports.incidents import import_incidents
from openilp.collection.imports.mapping import mapping
from openilp.collection.imports.quarantine import categorise_report, refuse_report
from openilp.collection.imports.reports_csv import import_reports
from openilp.collection.models import Item, Mention, Report
from openilp.collection.rules import NewItem, NewMention, NewReport
from openilp.direction import services as direction
from openilp.direction.models import Priority, Requirement
from openilp.direction.rules import NewLine
from openilp.evaluation import services as evaluation
from openilp.evaluation.models import Evaluation, Necessity
from openilp.evaluation.rules import NewGrade
from openilp.safeguards.labels import State
from openilp.safeguards.roles import Role
from tests.collection.imports.files import csv_file, row
from tests.worlds.agency import BASIS, Agency

CHAIR, HEAD, OFFICER = Role.CHAIR, Role.HEAD_OF_INTELLIGENCE, Role.INTELLIGENCE_OFFICER
ANALYST, REPORTER = Role.OPERATIONAL_ANALYST, Role.REPORTING_OFFICER
#: Months that incidents lie in: enough for a comparison of before and after.
MONTHS = tuple(f"{year}-{month:02}" for year in (2023, 2024) for month in range(1, 13))
GRADE = NewGrade("europol-4x4", "1", "B", "2", "H1", reasons="Own observation.")
#: Leaves the unit of its originator with its consent only.
ORIGINATORS = replace(GRADE, handling="H2")
_REPORTS = "report_no,title,text,language,urgency,how_known,observed_at,place,longitude,latitude"
_PEOPLE = "record_no,type,name,born,sex,address,plate,make,colour,number,place_name,title"
_LINKS = "from_record,to_record,relation,since,until,certainty"


@dataclass
class Known:
    """What the second half of the process goes on with."""

    priorities: list[Priority] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    people: list[Entity] = field(default_factory=list)
    vehicles: list[Entity] = field(default_factory=list)

    @property
    def theirs(self) -> Item:
        """Return the item that its originator must agree to pass on."""
        return next(item for item in self.items if item.report_id == self.reports[1].pk)


def in_days(days: int) -> date:
    """Return a day from today on."""
    return timezone.localdate() + timedelta(days=days)


def gather(agency: Agency, rows: int) -> Known:
    """Walk the first half; what has parts has `rows` of them, and of what stands alone there are `rows`."""
    known = Known()
    _ask(agency, known, rows)
    _report(agency, known, rows)
    _import(agency, rows)
    _grade(agency, known, rows)
    _connect(agency, known, rows)
    return known


def _ask(agency: Agency, known: Known, rows: int) -> None:
    with agency.acting(CHAIR) as actor:
        for n in range(rows):
            upper = direction.set_priority(
                actor=actor,
                title=f"Fewer burglaries {n}",
                reason="It harms most.",
                source_document="Policing plan, chapter 3",
                unit=agency.units["HQ"],
                owner=agency.plain[HEAD],
                starts_on=date(2024, 1, 1),
                ends_on=in_days(300),
                legal_basis=BASIS,
                crime_types=["burglary"],
                hours_set=100,
            )
            known.priorities.append(
                direction.cascade_priority(
                    actor=actor,
                    priority=upper,
                    unit=agency.units["R1"],
                    owner=agency.plain[Role.PLAN_OWNER],
                    reason="Half of them happen here.",
                    hours_set=50,
                )
            )
            newer = direction.supersede_priority(
                actor=actor, priority=upper, reason="More hours.", hours_set=120
            )
            if n == 0:
                direction.close_priority(actor=actor, priority=newer, reason="Reached.")
    with agency.acting(HEAD) as actor:
        for n in range(rows + 1):
            asked = direction.raise_requirement(
                actor=actor,
                question=f"Who sells the goods of series {n}?",
                why="To decide between patrols and locks.",
                due_on=in_days(20 + n),
                urgency="medium",
                legal_basis=BASIS,
                priority=known.priorities[n % rows],
            )
            known.requirements.append(asked)
            lines = [
                NewLine(f"Ask dealer {n}.{m}", "community", agency.plain[REPORTER].pk, in_days(9), 4)
                for m in range(rows if n == 0 else 1)
            ]
            direction.plan_collection(actor=actor, requirement=asked, title=f"Plan {n}", lines=lines)
        direction.close_requirement(
            actor=actor,
            requirement=known.requirements.pop(),
            is_answered=True,
            note="A dealer named the buyer.",
        )


def _report(agency: Agency, known: Known, rows: int) -> None:
    with agency.acting(REPORTER) as actor:
        for n in range(rows + 3):
            items = [_new_item(n, m) for m in range(rows if n == 0 else 1)]
            made = collection.submit_report(
                actor=actor,
                new=NewReport(
                    items=items,
                    urgency="high" if n < rows else "low",
                    provenance="seen",
                    title=f"Vans at yard {n}",
                    observed_at=timezone.now() - timedelta(days=3),
                    place="Kiln Row 4",
                    longitude=-2.5,
                    latitude=51.4,
                ),
                legal_basis=BASIS,
                requirement=known.requirements[0],
            )
            known.reports.append(made)
        for n in range(rows):
            collection.attach_file(
                actor=actor,
                report=known.reports[0],
                stream=io.BytesIO(f"Notes of night {n}\n".encode()),
                name=f"notes-{n}.txt",
            )
        for asked in known.requirements[1:]:
            collection.tie_report(
                actor=actor, report=known.reports[0], reason="It names the buyer.", requirement=asked
            )
        known.items = list(
            Item.objects.seen_by(actor).filter(report__in=known.reports).order_by("created_at", "number")
        )


def _new_item(n: int, m: int) -> NewItem:
    person, plate = f"Dovan Orleck{chr(97 + n)}{chr(97 + m)}", f"AT·BCD {10 + n}-{100 + m}"
    mentions = [
        NewMention("person", person, "SUS", "Seen at two entries with the tools."),
        NewMention("vehicle", plate),
        NewMention("vehicle", f"AT·XYZ {10 + n}-{100 + m}"),
    ]
    text = f"{person} left the yard in {plate}, and a second van AT·XYZ {10 + n}-{100 + m} followed."
    return NewItem(text, "fact", mentions)


def _import(agency: Agency, rows: int) -> None:
    with TemporaryDirectory() as name, agency.acting(OFFICER) as actor:
        folder, tag = Path(name), agency.desk.ref
        lines = [
            row(f"k{month}.{m}.{place}", month=month, longitude=str(place + 0.1 * m))
            for month in MONTHS
            for m in range(3)
            for place in (-2.6, -1.2)
        ]
        for n in range(rows):
            more = [row(f"x{n}.{m}") for m in range(rows)]
            path = csv_file(folder, [*(lines if n == 0 else []), *more, row(f"bad{n}", month="never")])
            import_incidents(
                actor=actor, path=path, mapping=mapping("police-uk"), reasons=folder / "reasons.csv"
            )
        told = [
            f'{tag}R{n},Yard {n},"A van stood in yard {n}.",en,normal,witness,2024-03-01T22:15,Kiln Row 4,-2.5,51.4'
            for n in range(rows + 2)
        ]
        path = csv_file(folder, told, "reports.csv", _REPORTS)
        import_reports(actor=actor, path=path, mapping=mapping("records-reports"))
        people = [f"{tag}P{n},person,Vora Kelm{chr(97 + n)},1987-04-12,,,,,,,," for n in range(rows + 1)]
        path = csv_file(folder, people, "people.csv", _PEOPLE)
        import_entities(actor=actor, path=path, mapping=mapping("records-entities"))
        path = csv_file(folder, [f"{tag}P0,{tag}P1,associate_of,2023-01-05,,sure"], "links.csv", _LINKS)
        import_links(actor=actor, path=path, mapping=mapping("records-links"))
        mine = Report.objects.seen_by(actor, states=[State.QUARANTINED]).filter(created_by=actor.user_id)
        held = list(mine.order_by("created_at", "foreign_key"))
        categorise_report(actor=actor, report=held[0], has_no_persons=True)
        for report in held[1 : rows + 1]:
            refuse_report(actor=actor, report=report, reason="Nothing that police need.")


def _grade(agency: Agency, known: Known, rows: int) -> None:
    first, *others, doubted, settled, copy = known.reports
    with agency.acting(HEAD) as actor:
        evaluation.raise_alerts(actor=actor)
        evaluation.assign_reports(actor=actor, reports=known.reports, evaluator=agency.plain[OFFICER])
    with agency.acting(OFFICER) as actor:
        evaluation.acknowledge_report(actor=actor, report=first, note="Patrol informed.")
        evaluation.escalate_reports(
            actor=actor, reports=others or [doubted], to=agency.plain[HEAD], reason="Beyond my remit."
        )
        for item in known.items:
            grade = ORIGINATORS if item == known.theirs else GRADE
            evaluation.evaluate_item(actor=actor, item=item, grade=grade)
        for n in range(rows):
            evaluation.reply_to_reporter(actor=actor, report=first, kind="used", text=f"Thank you {n}.")
        evaluation.mark_duplicates(actor=actor, reports=[copy], original=first, reason="Same words.")
        made = evaluation.sanitise_report(
            actor=actor,
            report=first,
            title="Sanitised",
            text="A van was seen at a yard.",
            removed="Who told it.",
            level=first.level,
        )
        evaluation.dispute_report(actor=actor, report=doubted, is_false=False, reason="He was abroad.")
        dispute = evaluation.dispute_report(actor=actor, report=settled, is_false=True, reason="Invented.")
    with agency.acting(HEAD) as actor:
        evaluation.settle_dispute(actor=actor, dispute=dispute, reason="It was another man.")
        evaluation.judge_sanitisation(actor=actor, sanitisation=made, is_approved=True, note="Safe.")
        for graded in Evaluation.objects.seen_by(actor).filter(item__in=known.items[:rows]):
            evaluation.review_evaluation(actor=actor, evaluation=graded, agrees=True)
    _hold_necessary(agency, known, rows)


def _hold_necessary(agency: Agency, known: Known, rows: int) -> None:
    """Write that words are strictly necessary, as if they touched health; one of them is answered."""
    with agency.acting(ANALYST) as actor:
        said = [
            Necessity.objects.record(
                actor=actor,
                item=known.items[0],
                digest="0" * 64,
                kinds=["health"],
                reason=f"The doctor asks {n}.",
            )
            for n in range(rows + 1)
        ]
    with agency.acting(HEAD) as actor:
        evaluation.answer_necessity(actor=actor, necessity=said[0], agrees=True)


def _connect(agency: Agency, known: Known, rows: int) -> None:
    with agency.acting(ANALYST) as actor:
        for item in known.items:
            mentions = list(Mention.objects.seen_by(actor).filter(item=item).order_by("created_at", "text"))
            person = next(m for m in mentions if m.entity_type == "person")
            plate, other = (m for m in mentions if m.entity_type == "vehicle")
            said = collation.settle_mention(
                actor=actor,
                mention=person,
                involvement=NewInvolvement("SUS", "Seen at two entries.", since=in_days(-9)),
            )
            known.people.append(Entity.objects.seen_by(actor).get(pk=said.entity_id))
            car = collation.settle_mention(actor=actor, mention=plate)
            known.vehicles.append(Entity.objects.seen_by(actor).get(pk=car.entity_id))
            if item.report_id != known.reports[-1].pk:
                collation.dismiss_mention(actor=actor, mention=other, reason="Not readable.")
        centre, item = known.people[0], known.items[0]
        for n in range(rows):
            link = collation.link_entities(
                actor=actor,
                source=centre,
                target=known.vehicles[n],
                new=NewLink("uses", "confirmed", valid_from=in_days(-30)),
                item=item,
            )
            collation.record_statement(
                actor=actor, entity=centre, new=NewStatement("alias", f"Grey {chr(97 + n)}"), item=item
            )
            collation.mark_entity(
                actor=actor, entity=centre, marking="vulnerable", reason=f"Ill {n}.", item=item
            )
            if n:
                collation.judge_identity(
                    actor=actor,
                    left=centre,
                    right=known.people[n],
                    verdict="unsure",
                    reason="Same way of walking.",
                )
            collation.save_search(
                actor=actor,
                title=f"Vans {n}",
                query="yard",
                filters=Filters(),
                reason="The series goes on.",
                expires_on=in_days(60),
                legal_basis=BASIS,
            )
        collation.supersede_link(actor=actor, link=link, new=NewLink("uses", "probable"))
    with agency.acting(OFFICER) as actor:
        collation.alert_saved_searches(actor=actor, now=timezone.now())
