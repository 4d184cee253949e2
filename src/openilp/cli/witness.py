"""`openilp witness`: the oversight body's own small service, apart from any instance."""

import os
from pathlib import Path

import click


def _state() -> Path:
    """Return where a witness keeps key and memory unless the caller says otherwise."""
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "openilp" / "witness"


_STATE = click.option(
    "--state",
    type=click.Path(path_type=Path),
    envvar="OPENILP_WITNESS",
    default=_state,
    show_default="with your account",
    help="folder of the witness's key and memory",
)


@click.group("witness")
def group() -> None:
    """Witness an agency's audit log: cosign it only where it continues all that was cosigned before.

    Run it on a machine of the oversight body. It needs no database and sees no event, only sizes and hashes.
    """


@group.command()
@_STATE
@click.option(
    "--name", required=True, help="name of the witness, such as oversight.example/w1; no blanks, no plus"
)
def init(state: Path, name: str) -> None:
    """Make the witness: its key and its empty memory; prints the key that the agency adds."""
    from openilp.safeguards.log import witness

    key = witness.found(state, name)
    click.echo(key)
    click.echo(f"Fingerprint, to be read out to the agency: {key.fingerprint}", err=True)


@group.command()
@_STATE
@click.argument("key")
def trust(state: Path, key: str) -> None:
    """Cosign the log with this KEY from the next start on; `openilp audit status` at the agency prints it."""
    from openilp.safeguards.log import witness
    from openilp.safeguards.log.notes import Verifier

    log = Verifier.parse(key)
    witness.trust(state, log)
    click.echo(
        f"The log '{log.name}' is cosigned. Compare its fingerprint with the agency: {log.fingerprint}"
    )


@group.command()
@_STATE
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", type=int, default=8700, show_default=True, help="port on this machine")
def serve(state: Path, host: str, port: int) -> None:
    """Answer the log's requests until interrupted."""
    import signal
    import threading

    from openilp.cli.running import PortTaken
    from openilp.safeguards.log.witness import Witness
    from openilp.safeguards.log.witness_service import Service

    working = Witness(state)
    try:
        service = Service((host, port), working)
    except OSError as error:
        working.close()
        raise PortTaken(host, port) from error
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=service.shutdown).start())
    bound = service.server_address[1]
    click.echo(
        f"Witness '{working.signer.name}' on http://{host}:{bound} for: {', '.join(working.origins) or 'no log yet'}"
    )
    try:
        service.serve_forever()
    finally:
        service.server_close()
        working.close()


@group.command()
@_STATE
def show(state: Path) -> None:
    """Show the witness's key, and the latest checkpoint that it cosigned for each log."""
    from openilp.safeguards.log.witness import Witness

    working = Witness(state)
    try:
        click.echo(working.signer.verifier)
        for origin in working.origins:
            seen = working.latest(origin)
            click.echo(f"{origin}: {seen.size if seen else 0} events")
            if seen and seen.note:
                click.echo(seen.note, nl=False)
    finally:
        working.close()
