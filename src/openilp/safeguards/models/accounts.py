"""Accounts and the organisation that they belong to."""

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from openilp.safeguards.roles import Role


class Unit(models.Model):
    """A part of the agency: headquarters, region or district."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    organisation_level = models.CharField(max_length=16)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    boundary = models.JSONField(null=True, blank=True, help_text="GeoJSON geometry in WGS 84")

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        """Return the unit's name."""
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds accounts by name; they are made by `services.join`."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the account with this name, whatever its case."""
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """An account: one person, with unit, roles and clearance; matters come by membership."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    username = models.CharField(max_length=60, unique=True)
    full_name = models.CharField(max_length=120)
    staff_number = models.CharField(
        max_length=32,
        blank=True,
        help_text="tells whether two accounts are one person; empty where there is none",
    )
    email = models.EmailField(blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="staff")
    roles = ArrayField(
        models.CharField(max_length=32, choices=[(r.value, r.value) for r in Role]), default=list
    )
    clearance = models.SmallIntegerField(default=1)
    partner = models.CharField(
        max_length=32, blank=True, help_text="code of another agency; empty for own staff"
    )
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(
        default=0, help_text="counted up to end every session of the account"
    )
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        """Return the person's name."""
        return self.full_name or self.username

    def get_full_name(self) -> str:
        """Return the person's name."""
        return str(self)

    def get_session_auth_hash(self) -> str:
        """Return what a session must carry to live: it changes with the password and with the epoch."""
        return self._with_epoch(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield the same under former keys of the installation."""
        yield from map(self._with_epoch, super().get_session_auth_fallback_hash())

    def _with_epoch(self, held: str) -> str:
        salt = f"openilp.session.{self.session_epoch}"
        return salted_hmac(salt, held, algorithm="sha256").hexdigest()

    def has_perm(self, *_: Any) -> bool:
        """Tell Django that its own permissions play no part here."""
        return False

    @property
    def is_staff(self) -> bool:
        """Tell Django that there is no back door for staff."""
        return False


class SharedValue(models.Model):
    """A value of the cache that all processes share: counts of failed tries."""

    key = models.CharField(max_length=250, primary_key=True)
    value = models.TextField()
    ends_at = models.FloatField(db_index=True, help_text="seconds since 1970")


class ApiToken(models.Model):
    """A bearer token for the REST API: only its hash is kept; it acts for one matter."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    purpose = models.ForeignKey("safeguards.Matter", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
