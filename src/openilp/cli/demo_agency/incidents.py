"""The real incidents of the demo: the shipped extract, imported as any file is."""

from collections.abc import Callable
from pathlib import Path

from openilp.cli.demo_agency.agency import STATISTICS
from openilp.cli.demo_agency.steps import Steps
from openilp.cli.imports import DEMO_ACCOUNT
from openilp.collection.imports.incidents import import_incidents
from openilp.collection.imports.mapping import mapping

EXTRACT = Path(__file__).with_name("data") / "incidents.parquet"


def bring_in(steps: Steps, progress: Callable[[int, int], None]) -> None:
    """Import the extract as the import officer; what is known is not added again."""
    if "incidents" in steps.done:
        return
    actor = steps.actor(DEMO_ACCOUNT, matter=STATISTICS)
    done = import_incidents(actor=actor, path=EXTRACT, mapping=mapping("police-uk"), progress=progress)
    steps.once("incidents", lambda _: {"batch": done.batch}, by=DEMO_ACCOUNT, matter=STATISTICS)
