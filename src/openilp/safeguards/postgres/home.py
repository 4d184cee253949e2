"""Where an installation keeps its data on this machine."""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "OPENILP_HOME"
HOME_OF_ROOT = Path("/var/lib/openilp")


def openilp_home() -> Path:
    """Return the absolute folder that holds database, keys and files of this installation.

    Returns:
        `$OPENILP_HOME` when set; else `/var/lib/openilp` for root (root's own home folder is closed
        to the database's system user); else `openilp` in the user's data folder. The folder need
        not exist yet.
    """
    if configured := os.environ.get(HOME_VARIABLE):
        return Path(configured).expanduser().absolute()
    if os.geteuid() == 0:
        return HOME_OF_ROOT
    if data_home := os.environ.get("XDG_DATA_HOME"):
        return Path(data_home).expanduser().absolute() / "openilp"
    return Path.home() / ".local" / "share" / "openilp"
