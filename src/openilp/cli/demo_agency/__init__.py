"""The demo agency: the police of Altania, a country that does not exist, over incidents that are real."""

from collections.abc import Callable

#: Told what is being loaded, and how much of the whole is done (0–1).
Report = Callable[[str, float], None]

#: Shown on every page of the demo: what is real here, and where it is from.
NOTICE = (
    "Demo: the incidents are real (data.police.uk, Open Government Licence v3.0). "
    "Altania, its police, its reports and all people in them are invented."
)


def is_loaded() -> bool:
    """Tell whether the demo agency is there, wholly."""
    from openilp.cli.demo_agency.agency import ADMINISTRATOR
    from openilp.cli.demo_agency.steps import is_begun
    from openilp.safeguards.models import User

    return User.objects.filter(username=ADMINISTRATOR).exists() and not is_begun()


def load(report: Report) -> None:
    """Load the demo agency; what an earlier run did is not done again."""
    from django.db import transaction

    from openilp.cli.demo_agency import (
        agency,
        deciding,
        grading,
        incidents,
        linking,
        neighbours,
        protecting,
        questions,
        reporting,
        reviewing,
        sources,
        studying,
        watching,
    )
    from openilp.cli.demo_agency.steps import Steps

    with transaction.atomic():
        steps = Steps.begin(agency.found())
    report("accounts", 0.01)
    agency.open_accounts(steps)
    agency.open_matters(steps)
    report("incidents", 0.05)
    incidents.bring_in(steps, lambda done, total: report("incidents", 0.05 + 0.15 * done / total))
    report("priorities and questions", 0.20)
    questions.ask(steps)
    reporting.hand_in(steps, lambda share: report("reports", 0.20 + 0.20 * share))
    neighbours.bring_in(steps)
    grading.grade(steps, lambda share: report("evaluation", 0.40 + 0.15 * share))
    linking.link(steps, lambda share: report("entities and links", 0.55 + 0.25 * share))
    report("products", 0.82)
    studying.study(steps)
    report("decision and outcomes", 0.93)
    deciding.decide(steps)
    reviewing.look_back(steps)
    report("registers", 0.98)
    protecting.protect(steps)
    sources.tell(steps)
    watching.watch(steps)
    steps.end()
    report("done", 1.0)
