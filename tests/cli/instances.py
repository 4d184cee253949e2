"""What tests of the command line share: an external server, and running `openilp` in a home of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ADMIN_PASSWORD = "the first password of ours"


@dataclass(frozen=True)
class External:
    """A server that is not OpenILP's own."""

    home: Path
    url: str


def openilp(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a home of its own."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENILP_", "DATABASE_URL", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "openilp.cli", *arguments],
        env={**clean, "OPENILP_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def init(external: External, home: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Found an instance."""
    return openilp(
        home,
        "init",
        f"--superuser-url={external.url}",
        "--agency=Police of Elsewhere",
        "--administrator=first.admin",
        "--full-name=First Administrator",
        *more,
        OPENILP_ADMIN_PASSWORD=ADMIN_PASSWORD,
    )
