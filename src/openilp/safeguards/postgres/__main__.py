"""Start, stop or show the server of this home, for debugging.

`python -m openilp.safeguards.postgres start|stop|status`
"""

from __future__ import annotations

import sys

import click

from openilp.safeguards.postgres.embedded import EmbeddedPostgres
from openilp.safeguards.postgres.errors import DatabaseServerError
from openilp.safeguards.postgres.home import openilp_home


def main(arguments: list[str]) -> int:
    """Do what the one argument says.

    Returns:
        The exit code: 0 done, 1 failed or (status) not running, 2 unknown word.
    """
    server = EmbeddedPostgres(openilp_home())
    match arguments:
        case ["start"]:
            click.echo(f"{'started' if server.start() else 'runs already'}: {server.dsn()}")
        case ["stop"]:
            click.echo("stopped" if server.stop() else "did not run")
        case ["status"]:
            status = server.status()
            click.echo(status)
            return 0 if status.running else 1
        case _:
            click.echo("usage: python -m openilp.safeguards.postgres start|stop|status", err=True)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except DatabaseServerError as error:
        sys.exit(str(error))
