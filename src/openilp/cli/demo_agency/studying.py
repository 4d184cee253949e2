"""What it means: methods run on frozen incidents and links, judgements, and products in three states."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from openilp.analysis import blueprints, services
from openilp.analysis.models import Edition, MethodRun, Product
from openilp.analysis.services import NewAssessment, NewRecommendation, Selection, Terms, Weighed
from openilp.cli.demo_agency import agency
from openilp.cli.demo_agency.grading import graded_drafts
from openilp.cli.demo_agency.linking import COLLATED
from openilp.cli.demo_agency.questions import requirement_of
from openilp.cli.demo_agency.reporting import is_from_abroad, report_ids
from openilp.cli.demo_agency.steps import Left, Steps
from openilp.collection.models import Item
from openilp.evaluation.models import Evaluation, EvaluationReview
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Unit

BURGLARY = "study/burglary"
DRUGS = "study/drugs"
#: Incidents of the demo: two years with a gap of two months.
_FIRST, _LAST = date(2023, 1, 1), date(2024, 12, 31)
_CITED = 8

_RIGHTS = {
    "necessity": "Names stand only where an item names them and the measure needs them; two were taken out.",
    "protected": "No. The districts were compared by recorded burglaries only; no trait of residents was used.",
    "recording": "Burglary is reported by victims for their insurance, so patrols change its recording little.",
    "alternatives": "A change in reporting after the new insurance form; it would show in all districts, and does not.",
    "affected": "Night-shift workers and young people on foot; stops need the description of the vehicle or tools.",
}

_TEXTS = {
    "brief": (
        "Homes in Ilmar City and Varn Forest are entered by the back door in the evening. The reports point to one "
        "group of three to five people with two vehicles. Decide whether to protect homes in the two hot spots, to "
        "patrol at the right hours, or to do both for twelve weeks."
    ),
    "problem": (
        "Since January 2024 officers and residents have reported entries by the back door, forced with a flat tool. "
        "The items agree on the way of working [{0}] [{1}] and on vehicles that leave the street afterwards [{2}]."
    ),
    "where": "The incidents are known to the month and to an anonymised point; the maps show areas, not addresses.",
    "offenders": (
        "The same people are seen near burgled homes and with one another [{3}] [{4}]. One source says that goods go "
        "to a buyer abroad [{5}]; nobody else says so."
    ),
    "causes": (
        "Gardens open on unlit lanes, and the back doors have old locks [{6}]. The other reading – several groups that "
        "copy a way of working – fits the tool marks less well."
    ),
    "tried": "Leaflets were given out in spring; the number of entries did not change.",
    "judgement": "It is likely that one group commits most of the entries [{0}] [{4}] [{7}].",
    "gaps": "Where the goods go is not known; it rests on one source. A requirement should be raised on the buyers.",
}


@dataclass(frozen=True)
class _Measure:
    text: str
    strand: str
    effect: str
    hours: int
    money: int
    harm: tuple[float, float] | None
    risk: str = ""


_MEASURES = (
    _Measure(
        "Patrol on foot from 19:00 to 01:00 in the two hot spots for twelve weeks", "pursue",
        "Fewer entries while it lasts, and checks of the two vehicles", 420, 9100, (900.0, 3300.0),
        "Stops without cause; each stop is recorded with its reason.",
    ),
    _Measure(
        "Fit locks and lights at the 60 homes entered twice", "protect",
        "Fewer second entries", 110, 14500, (600.0, 2700.0),
    ),
    _Measure(
        "Ask for covert observation of the lock-up", "pursue",
        "Shows where the goods go", 380, 6000, None, "Deep intrusion; needs the order of a judge.",
    ),
)  # fmt: skip


def study(steps: Steps) -> None:
    """Freeze, run, judge and write: one product finished, one finished and not yet approved, one draft."""
    steps.once(
        "study/incidents", lambda actor: _incidents(actor, steps), by=agency.ANALYST, matter=agency.DESK
    )
    steps.once("study/network", lambda actor: _network(actor), by=agency.ANALYST, matter=agency.DESK)
    steps.once(BURGLARY, lambda actor: _profile(actor, steps), by=agency.ANALYST, matter=agency.DESK)
    steps.once(DRUGS, lambda actor: _market(actor, steps), by=agency.STRATEGIC, matter=agency.DESK)
    steps.once("study/ring", lambda actor: _draft(actor, steps), by=agency.ANALYST, matter=agency.DESK)


def citable(actor: Actor, steps: Steps, story: str, *, false_one: bool = False) -> list[Item]:
    """Return items of a story that may go into a product: collated, graded without limit, not doubted."""
    ids = report_ids(steps)
    told = [d for d in graded_drafts()[:COLLATED] if d.story == story and not is_from_abroad(d)]
    order = {ids[d.number]: place for place, d in enumerate(told)}
    false = {ids[d.number] for d in told if d.is_false}
    doubted = EvaluationReview.objects.seen_by(actor).filter(agrees=False).values("evaluation")
    graded = (
        Evaluation.objects.seen_by(actor)
        .filter(item__report__in=order, handling="H0", source_grade__in=["A", "B"])
        .exclude(pk__in=doubted)
    )
    items = list(Item.objects.seen_by(actor).filter(pk__in=graded.values("item")))
    items.sort(key=lambda item: (order[str(item.report_id)], item.number))
    honest = [item for item in items if str(item.report_id) not in false]
    if not false_one:
        return honest
    return [*honest[:5], next(item for item in items if str(item.report_id) in false), *honest[5:]]


def _incidents(actor: Actor, steps: Steps) -> Left:
    north = [unit.pk for unit in Unit.objects.filter(code__in=["NOR-1", "NOR-2", "NOR-3"])]
    asked = requirement_of(steps, "burglary", actor)
    mapped = services.take_snapshot(
        actor=actor,
        selection=Selection(date(2024, 1, 1), _LAST, ["burglary"], north, needs_place=True),
        title="Burglaries in Northmark, 2024",
        legal_basis="STAT-3",
    )
    whole = services.take_snapshot(
        actor=actor,
        selection=Selection(_FIRST, _LAST, ["burglary"], north),
        title="Burglaries in Northmark, 2023 and 2024",
        legal_basis="STAT-3",
    )
    heavy = services.take_snapshot(
        actor=actor,
        selection=Selection(date(2024, 1, 1), _LAST, [], north, needs_place=True),
        title="All incidents in Northmark, 2024",
        legal_basis="STAT-3",
    )
    runs = {
        "count": services.run_method(
            actor=actor, snapshot=mapped, method="hot_spots_count", requirement=asked
        ),
        "harm": services.run_method(actor=actor, snapshot=heavy, method="hot_spots_harm", requirement=asked),
        "trend": services.run_method(actor=actor, snapshot=whole, method="monthly_trend", requirement=asked),
    }
    return {name: str(run.pk) for name, run in runs.items()}


def _network(actor: Actor) -> Left:
    if actor.purpose is None:
        return {}
    frozen = services.take_network_snapshot(
        actor=actor, matter=actor.purpose, title="Links of the desk", legal_basis="POL-25"
    )
    run = services.run_method(actor=actor, snapshot=frozen, method="network_measures")
    return {"run": str(run.pk)}


def _profile(actor: Actor, steps: Steps) -> Left:
    asked = requirement_of(steps, "burglary", actor)
    items = citable(actor, steps, "burglary", false_one=True)[:_CITED]
    judged = services.record_assessment(
        actor=actor,
        new=NewAssessment(
            text="One group of three to five people commits most of the back-door burglaries in the two districts.",
            probability_term="likely",
            confidence="moderate",
            confidence_reason="Several officers saw the same people; the tool marks are not yet compared.",
            alternatives="Two groups that learnt from each other; a single receiver who gives orders.",
        ),
        evidence=[Weighed(item, supports=place != 6) for place, item in enumerate(items)],
        requirement=asked,
        legal_basis="POL-25",
    )
    product = services.start_product(
        actor=actor,
        product_type="problem_profile",
        title="Back-door burglaries in Ilmar City and Varn Forest",
        terms=Terms(
            asked.question, steps.user(agency.CHAIR), "The year 2024; two districts; no covert means."
        ),
        requirement=asked,
        legal_basis="POL-25",
    )
    refs = [item.ref for item in items]
    runs = MethodRun.objects.seen_by(actor).in_bulk(list(steps.done["study/incidents"].values()))
    by_name = {name: runs_of(runs, key) for name, key in steps.done["study/incidents"].items()}
    blocks = _filled(product, {code: text.format(*refs) for code, text in _TEXTS.items()})
    blocks = _with_runs(blocks, [by_name["count"], by_name["harm"], by_name["trend"]], after="s-where")
    judgement = {"id": "a-group", "kind": "assessment", "section": "judgement", "assessment": judged.ref}
    place = next(i for i, block in enumerate(blocks) if block["id"] == "s-judgement") + 1
    blocks.insert(place, judgement)
    return _finish(actor, product, blocks, items, _MEASURES)


def runs_of(runs: dict[Any, MethodRun], key: str) -> MethodRun:
    """Return a run out of those that were fetched together."""
    return next(run for pk, run in runs.items() if str(pk) == key)


def _market(actor: Actor, steps: Steps) -> Left:
    asked = requirement_of(steps, "drugs", actor)
    items = citable(actor, steps, "drugs")[:6]
    product = services.start_product(
        actor=actor,
        product_type="market_profile",
        title="Open dealing in Kelder Hills: hours, stops, supply",
        terms=Terms(asked.question, steps.user(agency.COORDINATOR)),
        requirement=asked,
        legal_basis="POL-25",
    )
    refs = [item.ref for item in items]
    texts = {
        "brief": "Sellers stop for minutes at few places in the evening; the supply comes in by one or two people.",
        "question": asked.question,
        "findings": "Short stops at the same places [{0}] [{1}] [{2}]; deliveries between the same people [{3}] [{4}].",
        "judgement": "It is a realistic possibility that one supplier serves both districts [{3}] [{5}].",
        "gaps": "Prices and quantities are not known.",
    }
    measure = _Measure(
        "Share the hours of the stops with the youth workers and light the station yard", "prevent",
        "The busiest place loses its cover", 60, 8200, (40.0, 260.0),
    )  # fmt: skip
    blocks = _filled(product, {code: text.format(*refs) for code, text in texts.items()})
    return _finish(actor, product, blocks, items, [measure])


def _draft(actor: Actor, steps: Steps) -> Left:
    """Begin an operational assessment on the vehicle ring and leave it unfinished."""
    asked = requirement_of(steps, "ring", actor)
    product = services.start_product(
        actor=actor,
        product_type="operational_assessment",
        title="Stolen vehicles on the coast road",
        terms=Terms(asked.question, steps.user(agency.COORDINATOR)),
        requirement=asked,
        legal_basis="POL-25",
    )
    items = citable(actor, steps, "ring")[:3]
    texts = {
        "period": "January to December 2024, three districts; two months are missing in the incidents.",
        "situation": f"Vehicles stand in the same yards [{items[0].ref}] and change their plates [{items[1].ref}].",
    }
    saved = services.save_product(
        actor=actor,
        product=product,
        revision=product.revision,
        title=product.title,
        blocks=_filled(product, texts),
    )
    return {"product": str(saved.pk)}


def _filled(product: Product, texts: dict[str, str]) -> list[dict[str, Any]]:
    return [{**block, "text": texts.get(block["section"], block["text"])} for block in product.body]


def _with_runs(
    blocks: Sequence[dict[str, Any]], runs: Sequence[MethodRun], *, after: str
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for block in blocks:
        found.append(dict(block))
        if block["id"] == after:
            found += [
                {"id": f"r-{number}", "kind": "run", "section": block["section"], "run": run.ref}
                for number, run in enumerate(runs)
            ]
    return found


def _finish(
    actor: Actor,
    product: Product,
    blocks: Sequence[dict[str, Any]],
    items: Sequence[Item],
    measures: Sequence[_Measure],
) -> Left:
    saved = services.save_product(
        actor=actor, product=product, revision=product.revision, title=product.title, blocks=blocks
    )
    services.cite_items(actor=actor, product=saved, items=items)
    for measure in measures:
        low, high = measure.harm or (None, None)
        services.recommend(
            actor=actor,
            product=saved,
            new=NewRecommendation(
                text=measure.text,
                strand=measure.strand,
                effect=measure.effect,
                hours=measure.hours,
                money=Decimal(measure.money),
                harm_low=low,
                harm_high=high,
                risk=measure.risk,
                law="Police Act, section 12",
            ),
        )
    current: Product = Product.objects.seen_by(actor).get(pk=saved.pk)
    answers = {
        question.code: _RIGHTS.get(question.code, "Looked at; nothing speaks against it.")
        for question in blueprints.RIGHTS_QUESTIONS
    }
    edition: Edition = services.finish_product(
        actor=actor, product=current, revision=current.revision, rights_check=answers
    )
    return {"product": str(current.pk), "edition": str(edition.pk), "items": [str(item.pk) for item in items]}
