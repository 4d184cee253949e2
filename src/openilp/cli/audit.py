"""The audit log from a terminal: verify it, prove an event, name its witnesses, open a sealed detail."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from openilp.safeguards.log import pins
from openilp.safeguards.log import verify as verification
from openilp.safeguards.log.errors import LogError, NoLog
from openilp.safeguards.log.verify import Report, root_of

_BROKEN, _UNREADABLE = 1, 2
_FOLDER = click.option(
    "--segments",
    type=click.Path(path_type=Path),
    help="folder of the log (default: `audit` in the instance's home)",
)
_POLICY = click.option(
    "--policy", type=click.Path(path_type=Path), help="JSON of origin, keys, witnesses and quorum that count"
)


@click.group("audit")
def group() -> None:
    """Verify the audit log offline, and prove what is in it."""


def _folder(given: Path | None) -> Path:
    from openilp.safeguards.log import instance

    return given or instance.folder()


@group.command()
@_FOLDER
@_POLICY
@click.option(
    "--state", type=click.Path(path_type=Path), help="folder of your own pins (default: with your account)"
)
@click.option(
    "--seen",
    multiple=True,
    type=click.Path(path_type=Path),
    help="a checkpoint that was seen elsewhere; may be given several times",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]),
    help="when a copy was taken (UTC); by default now",
)
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
def verify(
    segments: Path | None,
    policy: Path | None,
    state: Path | None,
    seen: tuple[Path, ...],
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Check every event of the log: 0 it is whole, 1 it is not, 2 it cannot be read.

    No database and no network; times are held against this machine's clock. The first time, origin, keys and
    witnesses are pinned with your account; from then on the log is held against these pins and against what was
    verified last.
    """
    from openilp.safeguards.log import notes

    try:
        report = verification.verify(
            _folder(segments),
            state=state,
            policy=pins.Policy.read(policy) if policy else None,
            elsewhere=[notes.parse(path.read_bytes()) for path in seen],
            now=as_of.replace(tzinfo=UTC) if as_of else None,
        )
    except (LogError, OSError) as error:
        click.echo(
            json.dumps({"whole": None, "error": str(error)}) if as_json else f"openilp: {error}",
            err=not as_json,
        )
        raise SystemExit(_UNREADABLE) from error
    if as_json:
        found = {
            "whole": report.is_whole,
            "first_bad": report.first_bad,
            "problems": [asdict(problem) for problem in report.problems],
            "origin": report.policy.origin,
            "events": report.size,
            "signed": report.signed,
            "witnessed": report.witnessed,
            "checkpoints": report.checkpoints,
        }
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _say(report)
    raise SystemExit(0 if report.is_whole else _BROKEN)


def _say(report: Report) -> None:
    click.echo(f"log       {report.policy.origin}")
    click.echo(f"events    {report.size} read in {report.seconds:.1f} s; {report.signed} signed")
    witnesses = ", ".join(key.name for key in report.policy.witnesses)
    click.echo(
        f"witness   {report.witnessed} events cosigned by {report.policy.quorum} of: {witnesses}"
        if report.policy.quorum
        else "witness   none is pinned: whoever holds the log's key could show others another log"
    )
    if report.fresh:
        click.echo("pins      new; compare these fingerprints with the agency and the oversight body:")
    for key in report.fresh:
        click.echo(f"          {key.fingerprint}  {key.name}")
    for problem in report.problems[:20]:
        click.echo(f"BAD       event {problem.seq}: {problem.kind}: {problem.what}")
    if report.is_whole:
        click.echo("The log is whole.")
    else:
        click.echo(f"The log is NOT whole: the first event that cannot be believed is {report.first_bad}.")


@group.command()
@click.argument("seq", metavar="N", type=click.IntRange(min=1))
@_FOLDER
@_POLICY
@click.option("--out", type=click.Path(path_type=Path), help="folder to write (default: audit-event-N)")
@click.option("--detail", type=click.Path(path_type=Path), help="the detail as `openilp audit open` wrote it")
def prove(
    seq: int, segments: Path | None, policy: Path | None, out: Path | None, detail: Path | None
) -> None:
    """Write a bundle for a court: event N, its proof, the checkpoint, the explanation, and a program that checks it."""
    from openilp.safeguards.log import bundle, sealing
    from openilp.safeguards.log.published import Identity

    folder = root_of(_folder(segments))
    believed = pins.Policy.read(policy) if policy else pins.Policy.of(Identity.read(folder))
    opened = None
    if detail:
        found = json.loads(detail.read_text())
        opened = sealing.Opened(bytes.fromhex(found["salt"]), found["text"])
    proof = bundle.prove(folder, seq, believed)
    target = out or Path(f"audit-event-{seq}")
    if target.exists():
        raise click.UsageError(f"{target} exists; name another folder with --out.")
    for path in bundle.write(proof, target, detail=opened):
        click.echo(path)
    click.echo(f"Check it with: python3 {target / 'verify.py'}")


@group.command()
@_FOLDER
def status(segments: Path | None) -> None:
    """Say who the log is, how far it is signed and witnessed, and its keys for others to pin."""
    from openilp.safeguards.log.checkpoint import Checkpoint
    from openilp.safeguards.log.published import Identity, Published, Standing

    folder = _folder(segments)
    identity, published = Identity.read(folder), Published(folder)
    latest = published.latest()
    click.echo(f"folder    {folder}")
    click.echo(f"origin    {identity.origin}")
    click.echo(f"signed    {Checkpoint.of(latest).size if latest else 0} events")
    for key in identity.keys:
        click.echo(f"key       {key}\n          {key.fingerprint}")
    standings = published.standings()
    for each in identity.witnesses:
        found = standings.get(str(each.key), Standing())
        click.echo(f"witness   {each.key}\n          {each.key.fingerprint}  {each.url}")
        click.echo(
            f"          {found.cosigned} events cosigned{'; ' + found.trouble if found.trouble else ''}"
        )


@group.command("add-witness")
@click.argument("key")
@click.argument("url")
def add_witness(key: str, url: str) -> None:
    """Have the log cosigned by the witness with a KEY, asked at a URL; the running instance takes it up by itself."""
    from openilp.safeguards.log import instance
    from openilp.safeguards.log.notes import COSIGNATURE_ED25519, Verifier
    from openilp.safeguards.log.published import Identity, Witness

    named = Verifier.parse(key)
    if named.kind != COSIGNATURE_ED25519:
        raise click.UsageError(
            "This is the key of a log, not of a witness; `openilp witness init` printed it."
        )
    if not url.startswith(("https://", "http://")):
        raise click.UsageError(f"'{url}' is no address; it begins with https:// or http://.")
    folder = instance.folder()
    known = Identity.read(folder)
    others = tuple(each for each in known.witnesses if each.key != named)
    Identity(known.origin, known.keys, (*others, Witness(named, url))).write(folder)
    click.echo(f"{named.name} is asked from the next checkpoint on. Its fingerprint: {named.fingerprint}")


@group.command("oversight-key")
@click.option(
    "--private", required=True, type=click.Path(path_type=Path), help="file for the private key: take it away"
)
def oversight_key(private: Path) -> None:
    """Make the oversight body's keys: the public one stays here, the private one goes with the oversight body.

    From then on the words of searches are kept, sealed to this key.
    """
    import os

    from openilp.safeguards.log import instance, sealing

    public = instance.oversight_key_file()
    if public.exists():
        raise click.UsageError(
            f"{public} exists; what was sealed to it needs its private key. Move it away first."
        )
    secret, shown = sealing.key_pair()
    try:
        handle = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise click.UsageError(f"{private} exists; a key is never overwritten.") from error
    with os.fdopen(handle, "w") as file:
        file.write(secret + "\n")
    public.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    public.write_text(shown + "\n")
    click.echo(f"{public} seals from the next start on.")
    click.echo(f"{private} opens: carry it to the oversight body and leave no copy here.")


@group.command("open")
@click.argument("seq", metavar="N", type=click.IntRange(min=1))
@click.option(
    "--key", required=True, type=click.Path(path_type=Path), help="the oversight body's private key"
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="file to write, for `openilp audit prove --detail`"
)
def open_detail(seq: int, key: Path, out: Path | None) -> None:
    """Open the sealed detail of event N with the oversight body's key, and check it against the log."""
    import psycopg

    from openilp.cli.running import open_database
    from openilp.safeguards.log import sealing
    from openilp.safeguards.postgres.instance import Instance

    private = sealing.private_key(key.read_text())
    open_database()
    with psycopg.connect(Instance.here().sequencer_dsn()) as connection:
        row = connection.execute(
            "SELECT d.body, e.event ->> 'sealed' FROM safeguards_auditdetail d"
            " JOIN safeguards_auditevent e USING (seq) WHERE seq = %s",
            [seq],
        ).fetchone()
    if row is None:
        raise NoLog(f"event {seq}", "it has no sealed detail, or the detail is erased.")
    opened = sealing.unseal(bytes(row[0]), private, row[1])
    if out:
        out.write_text(json.dumps({"salt": opened.salt.hex(), "text": opened.text}) + "\n")
    click.echo(opened.text)
