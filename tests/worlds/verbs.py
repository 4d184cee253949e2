"""Every verb of the command line, and what it is asked in a world."""

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import click
from click.testing import CliRunner

from openilp.cli.accounts import Wanted
from openilp.cli.main import cli
from openilp.collation.imports.entities import import_entities
from openilp.collation.imports.links import import_links
from openilp.collection.imports.batches import IMPORTERS
from openilp.collection.imports.incidents import import_incidents
from openilp.collection.imports.mapping import mapping
from openilp.collection.imports.reports_csv import import_reports
from openilp.oversight.models.reviews import REVIEWERS
from openilp.safeguards.actor import Actor
from openilp.safeguards.find import by_prefix
from openilp.safeguards.models import User
from openilp.safeguards.models.sensitive import MARKERS
from openilp.safeguards.roles import Role
from tests.collection.imports.files import csv_file, row
from tests.worlds.keeping import undone
from tests.worlds.routes import Stock

Order = list[str]
Asked = Callable[[Stock, Path], list[Order]]

#: Verbs for which no account acts, by the word or words that they begin with, and why no account's view is in them.
OUTSIDE = {
    "audit": "files of the log: ids, sizes and hashes for whoever runs the machine or holds the oversight body's key",
    "backup": "copies the whole instance for whoever runs the machine",
    "restore": "the same back",
    "upgrade": "the same with a new version",
    "init": "founds an instance that holds nothing yet",
    "demo": "founds and serves the demo agency",
    "serve": "serves the pages, which are compared themselves",
    "status": "says which processes run",
    "stop": "ends them",
    "doctor": "examines the installation: settings, roles and disk",
    "method": "computes on a file of the caller; no database is opened",
    "witness": "the oversight body's own service: sizes and hashes of logs",
    "logout": "forgets the caller's own log-in",
    "import mappings": "reference data, the same for everybody",
    "retention ledger": "counts lines of the erasure ledger: hashes of keys, for whoever runs the machine",
    "retention reapply": "erases again after a restore, before anybody is let in",
}
#: Verbs of an account that show nothing that can be hidden from it, and why.
NO_CONTENT = {
    "login": "the account's own log-in",
    "delegate": "the account's own duties and matters",
    "break-glass": "opens what a reference names, and tells its members: tests/safeguards/test_emergencies.py",
    "oversight examine": "what members of staff did: numbers of events",
    "oversight signs": "what members of staff did: no row and no word of a record",
    "oversight figures": "what members of staff did: counts, no cell below five",
    "retention run": "reaches every record, whoever starts it, and says how many: numbers, to who answers for them",
    "oversight would-see": "counts hidden rows for accounts without content: tests/safeguards/test_simulating.py",
}
#: Verbs that are shown to nobody here: what they say is made of the log, which a test's transaction does not fill, or
#: is made to count hidden rows.
SILENT = ("oversight examine", "oversight would-see")
#: Who may do what not everybody may who works with content.
ABLE: dict[str, frozenset[Role]] = {
    **{f"import {kind}": IMPORTERS for kind in ("incidents", "reports", "entities", "links")},
    "retention run": frozenset({Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER}),
    "retention due": REVIEWERS,
    "rights list": frozenset({Role.DATA_PROTECTION_OFFICER}),
    "sensitive mark": frozenset(MARKERS),
    "sensitive end": frozenset(MARKERS),
}
_REPORTS = "report_no,title,text,language,urgency,how_known,observed_at,place,longitude,latitude"
_PEOPLE = "record_no,type,name,born,sex,address,plate,make,colour,number,place_name,title"
_LINKS = "from_record,to_record,relation,since,until,certainty"
#: What a file tells that is imported in secret first, and by everybody else afterwards.
_TOLD = 'TWIN-R,Yard,"A van stood in the yard.",en,normal,witness,2024-03-01T22:15,Kiln Row 4,-2.5,51.4'
_NAMED = [f"TWIN-P{n},person,Selm Tavora{n},1987-04-12,,,,,,,," for n in (1, 2)]
#: Drawn anew or counted up whenever something is written.
_DRAWN = re.compile(
    rb"\b(?:B|BG)-[0-9A-Z]{4}-[0-9A-Z]{4}\b|\d{4}-\d\d-\d\d \d\d:\d\d(?: [A-Z]+)?|importing .* \d:\d\d:\d\d\n"
)


def verbs() -> dict[str, click.Command]:
    """Return every verb of the command line by its words."""
    return dict(_leaves(cli))


def _leaves(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        words = f"{before} {name}".strip()
        if isinstance(command, click.Group):
            yield from _leaves(command, words)
        else:
            yield words, command


def is_outside(verb: str) -> bool:
    """Tell whether a verb was registered as one for which no account acts."""
    return verb in OUTSIDE or verb.split()[0] in OUTSIDE


def acts_for_an_account(command: click.Command) -> bool:
    """Tell whether a verb takes `--as`: its function is handed who is wanted."""
    inner = inspect.unwrap(command.callback) if command.callback else None
    given = inspect.signature(inner).parameters.get("wanted") if inner is not None else None
    return given is not None and given.annotation is Wanted


def _kinds(stock: Stock, folder: Path) -> list[Order]:
    return [[kind, *more] for kind in _referenced() for more in ([], ["--json"])]


def _shown(stock: Stock, folder: Path) -> list[Order]:
    return [[ref, *more] for ref in _first(stock) for more in ([], ["--json"])]


def _threads(stock: Stock, folder: Path) -> list[Order]:
    return [[ref, *more] for ref in _first(stock) for more in (["--json"], ["--forward"])]


def _reasoned(stock: Stock, folder: Path) -> list[Order]:
    return [[ref, "--why", "The meeting of the day asks for it."] for ref in _first(stock)]


def _referenced() -> list[str]:
    return [str(model._meta.model_name) for model in by_prefix().values()]


def _first(stock: Stock) -> list[str]:
    return [one.ref for kind in _referenced() for one in stock.get(kind, [])[:1]]


def _file(kind: str) -> Asked:
    def asked(stock: Stock, folder: Path) -> list[Order]:
        return [[str(folder / f"{kind}.csv"), "--reasons", str(folder / "reasons.csv")]]

    return asked


def _delegated(stock: Stock, folder: Path) -> list[Order]:
    role, to = "operational_analyst", "intelligence_officer"
    return [[to, "--role", role, "--in", one.ref, "--why", "leave until Monday"] for one in stock["matter"]]


#: What each verb is asked, behind its own words.
ASKED: dict[str, Asked] = {
    "list": _kinds,
    "show": _shown,
    "thread": _threads,
    "import incidents": _file("incidents"),
    "import reports": _file("reports"),
    "import entities": _file("entities"),
    "import links": _file("links"),
    "retention due": lambda stock, folder: [[], ["--within", "1827"]],
    "rights list": lambda stock, folder: [[], ["--show", "all"]],
    "retention run": lambda stock, folder: [[]],
    "login": lambda stock, folder: [["chair"]],
    "delegate": _delegated,
    "break-glass": lambda stock, folder: [
        [one.ref, "--reason", "life-at-risk", "--why", "A child is in the burning yard."]
        for one in stock["matter"]
    ],
    "sensitive open": _reasoned,
    "sensitive mark": _reasoned,
    "sensitive end": _reasoned,
    "oversight signs": lambda stock, folder: [[], ["--all"]],
    "oversight figures": lambda stock, folder: [[]],
}


def orders(verb: str, stock: Stock, folder: Path) -> list[Order]:
    """Return what a verb is asked, as words behind `openilp`."""
    return [[*verb.split(), *more] for more in ASKED[verb](stock, folder)]


@contextmanager
def files() -> Iterator[Path]:
    """Write the files that are imported."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        csv_file(folder, [row("twin", longitude="-2.61")], "incidents.csv")
        csv_file(folder, [_TOLD], "reports.csv", _REPORTS)
        csv_file(folder, _NAMED, "entities.csv", _PEOPLE)
        csv_file(folder, ["TWIN-P1,TWIN-P2,associate_of,2023-01-05,,sure"], "links.csv", _LINKS)
        yield folder


def import_in_secret(actor: Actor) -> None:
    """Import the same files inside the matter that an actor acts for."""
    with files() as folder:
        for kind, importer, known in (
            ("incidents", import_incidents, "police-uk"),
            ("reports", import_reports, "records-reports"),
            ("entities", import_entities, "records-entities"),
            ("links", import_links, "records-links"),
        ):
            path = folder / f"{kind}.csv"
            importer(actor=actor, path=path, mapping=mapping(known), reasons=folder / "reasons.csv")


def told(user: User, asked: list[Order], folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return what the command line answers an account, by the order without the place of its files."""
    found: dict[str, tuple[int, bytes]] = {}
    with (
        TemporaryDirectory() as kept,
        patch("openilp.cli.running.open_database", lambda: False),
        patch("openilp.cli.running.load_django", lambda: None),
    ):
        for order in asked:
            with undone():
                done = CliRunner(env={"XDG_CONFIG_HOME": kept}).invoke(cli, ["--as", user.username, *order])
            error = f"{type(done.exception).__name__} {done.exception}" if done.exception else ""
            said = (done.output + error + _reasons(folder)).replace(str(folder), "~").encode()
            name = " ".join(order).replace(f"{folder}/", "")
            found[f"openilp {name}"] = (done.exit_code, _DRAWN.sub(b"~", said))
    return found


def _reasons(folder: Path) -> str:
    """Take the file that an import says its reasons in, where it wrote one."""
    path = folder / "reasons.csv"
    if not path.exists():
        return ""
    said = path.read_text()
    path.unlink()
    return said
