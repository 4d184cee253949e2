"""Serving: refused in one line where it cannot be."""

import socket

import pytest

from openilp.cli.refusals import REFUSALS
from openilp.cli.running import PortTaken, serve


def test_a_taken_port_is_refused_in_words() -> None:
    """It names the port and the remedy, and nothing is started."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(PortTaken, match=f"Port {port} of 127.0.0.1 is taken.*--port"):
            serve(host="127.0.0.1", port=port)

    assert issubclass(PortTaken, REFUSALS)
