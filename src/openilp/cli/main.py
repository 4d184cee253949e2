"""`openilp`: start and stop an instance, and do the everyday verbs from a terminal."""

import os
import sys
from importlib.util import find_spec

import click

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openilp.web.settings")

from openilp import __version__
from openilp.cli import (
    accounts,
    audit,
    backup,
    delegations,
    emergencies,
    instance,
    methods,
    oversight,
    records,
    retention,
    rights,
    sensitive,
    witness,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--as", "account", metavar="ACCOUNT", help="act as this account (default: the kept log-in)")
@click.option("--matter", metavar="REF", help="act for this matter (default: the account's first one)")
@click.version_option(package_name=None, version=__version__, prog_name="openilp")
@click.pass_context
def cli(context: click.Context, account: str | None, matter: str | None) -> None:
    """OpenILP: intelligence-led policing, from a graded report to a decision and its outcome."""
    context.obj = accounts.Wanted(account=account, matter=matter)


for command in (
    *instance.COMMANDS,
    *backup.COMMANDS,
    *accounts.COMMANDS,
    *delegations.COMMANDS,
    *emergencies.COMMANDS,
    *records.COMMANDS,
):
    cli.add_command(command)
cli.add_command(audit.group)
cli.add_command(witness.group)
cli.add_command(oversight.group)
cli.add_command(methods.group)
cli.add_command(retention.group)
cli.add_command(rights.group)
cli.add_command(sensitive.group)


def _attach_imports() -> None:
    if find_spec("openilp.cli.imports"):
        from openilp.cli import imports

        cli.add_command(imports.group, "import")


_attach_imports()


def main() -> int:
    """Run the command line; a refusal is one line on standard error, and a status of 2."""
    from openilp.cli.refusals import REFUSALS

    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except REFUSALS as error:
        print(f"openilp: {error}", file=sys.stderr)
        return 2
    return 0
