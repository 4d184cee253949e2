"""The front page of the room."""

import pytest
from django.test import Client

from openilp.safeguards.roles import Role
from tests.factories import World


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.DATA_PROTECTION_OFFICER, 200), (Role.OVERSIGHT, 200), (Role.ADMINISTRATOR, 403)],
)
def test_the_room_is_open_to_data_protection_and_oversight(world: World, role: Role, status: int) -> None:
    """Those who control find their desks; whoever runs the installation does not."""
    client = Client()
    client.force_login(world.user(role))

    assert client.get("/oversight/").status_code == status
