"""Start, stop, set up and examine an instance."""

import os
import time
import webbrowser
from pathlib import Path

import click

from openilp.cli import doctor as examination
from openilp.cli import running
from openilp.safeguards.postgres.instance import Instance

_PORT = click.option(
    "--port", type=int, envvar="PORT", default=8000, show_default=True, help="port on this machine"
)
_HOST = click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")


@click.command()
@_PORT
@_HOST
@click.option("--load-only", is_flag=True, help="set up and load the demo agency, but do not serve")
@click.option("--open", "open_browser", is_flag=True, help="open a browser")
def demo(port: int, host: str, load_only: bool, open_browser: bool) -> None:
    """Set up the demo agency (the first time) and serve it."""
    from openilp.cli.demo import DEMO_MARK, load, print_log_ins

    os.environ["OPENILP_DEMO"] = "1"
    os.environ["PORT"] = str(port)
    home = Instance.here().home
    started = running.open_database()
    (home / DEMO_MARK).touch()
    load()
    if load_only:
        if started:
            Instance.here().server.stop()
        return
    print_log_ins(f"http://localhost:{port}")
    if open_browser:
        webbrowser.open(f"http://localhost:{port}")
    running.serve(host=host, port=port)


@click.command()
@_PORT
@_HOST
def serve(port: int, host: str) -> None:
    """Serve this instance until interrupted."""
    os.environ["PORT"] = str(port)
    running.open_database()
    print(
        f"OpenILP on http://{'localhost' if host == '127.0.0.1' else host}:{port} – Ctrl-C stops it.",
        flush=True,
    )
    running.serve(host=host, port=port)


@click.command()
def status() -> None:
    """Say what runs."""
    here = Instance.here()
    pid = running.running_pid()
    print(f"home      {here.home}")
    print(f"server    {f'runs (process {pid})' if pid else 'does not run'}")
    if here.external:
        print("database  external (DATABASE_URL)")
    else:
        state = here.server.status()
        running_as = f"runs (process {state.pid})" if state.running else "does not run"
        print(f"database  {running_as}, PostgreSQL {state.version}")


@click.command()
def stop() -> None:
    """Stop server, worker and embedded database."""
    was = running.stop_server()
    here = Instance.here()
    database = False if here.external else here.server.stop()
    if not was and not database:
        print("Nothing was running.")
        return
    print(
        "Stopped"
        + (" the server" if was else "")
        + (" and" if was and database else "")
        + (" the database." if database else ".")
    )


@click.command()
def doctor() -> None:
    """Examine the installation; say in words what is wrong and how to mend it."""
    findings = examination.examine()
    for finding in findings:
        print(f"{'ok  ' if finding.is_well else 'BAD '} {finding.what}")
        if not finding.is_well:
            print(f"     mend: {finding.remedy}")
    bad = sum(not finding.is_well for finding in findings)
    print("Everything is well." if not bad else f"{bad} of {len(findings)} need mending.")
    raise SystemExit(1 if bad else 0)


@click.command()
@click.option(
    "--superuser-url", envvar="OPENILP_SUPERUSER_URL", help="postgresql://… of a superuser, used this once"
)
@click.option("--database", default="openilp", show_default=True, help="name of the database")
@click.option(
    "--units", type=click.Path(path_type=Path), help="CSV of units: code,name,organisation_level,parent_code"
)
@click.option("--profile", default="altania", show_default=True, help="national profile")
@click.option("--agency", prompt="Name of the agency")
@click.option("--administrator", prompt="Account name of the first administrator")
@click.option("--full-name", prompt="Name of that person")
def init(
    superuser_url: str | None,
    database: str,
    units: Path | None,
    profile: str,
    agency: str,
    administrator: str,
    full_name: str,
) -> None:
    """Set up a production instance: roles, keys, schema, units, first administrator."""
    from openilp.cli.founding import Founding, found

    password = os.environ.get("OPENILP_ADMIN_PASSWORD") or click.prompt(
        "First password (12 characters or more; it is changed at the first log-in)",
        hide_input=True,
        confirmation_prompt=True,
    )
    begun = time.monotonic()
    made = found(
        Founding(
            superuser_url=superuser_url or "",
            database=database,
            units=units,
            profile=profile,
            agency=agency,
            administrator=administrator,
            full_name=full_name,
            password=password,
        )
    )
    for line in made:
        print(line)
    print(f"Done in {time.monotonic() - begun:.0f} s. Next: openilp doctor, then openilp serve.")


COMMANDS = (demo, serve, status, stop, doctor, init)
