"""Turns: what two people must not do at the same moment."""

from django.db import connection


def take(*what: object) -> None:
    """Let nobody else do the same to the same thing until the running transaction ends.

    What is looked at after this call is what the one before left.
    """
    name = " ".join(str(part) for part in what)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
