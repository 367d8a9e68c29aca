"""Who may sign in, what may call the API, and who has been asked to join."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from ascolto.database.ids import new_id

PASSWORD_LIMIT_BYTES = 1024  # longer ones are refused before any hashing


class Role(models.TextChoices):
    """What a colleague is at this desk; what each may do stands in permissions.py."""

    AGENT = "agent", _("Agent")
    LEAD = "lead", _("Team lead")
    ADMIN = "admin", _("Admin")


class Language(models.TextChoices):
    """The languages that the product speaks to colleagues."""

    IT = "it", "Italiano"
    EN = "en", "English"


class UserManager(BaseUserManager["User"]):
    """Makes users; the address is kept in lower case, so that it is one address however it is typed."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A saved user; without a password nobody can sign in by password until one is set."""
        user = self.model(email=written_alike(email), **fields)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=written_alike(username or ""))


def written_alike(email: str) -> str:
    """The address as we keep it: no space around, lower case."""
    return email.strip().lower()


def is_short_enough(password: str) -> bool:
    """Whether a password is one that could have been set; asked before any work is done on it."""
    return len(password.encode(errors="replace")) <= PASSWORD_LIMIT_BYTES


class User(AbstractBaseUser):
    """A colleague who signs in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("E-mail address"), max_length=254, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    role = models.CharField(_("Role"), max_length=16, choices=Role, default=Role.AGENT)
    language = models.CharField(_("Language"), max_length=8, choices=Language, default=Language.IT)
    phone = models.CharField(max_length=20, blank=True)  # as +390612345; rings first when they call a customer from the desk
    signature = models.CharField(max_length=500, blank=True)  # under what they write by mail; plain text, several lines
    is_active = models.BooleanField(default=True)  # False: has left; the row stays, since conversations name it
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(role__in=Role.values), name="role_is_one_we_know")]

    def __str__(self) -> str:
        return self.name or self.email

    def check_password(self, raw_password: str | None) -> bool:
        return is_short_enough(raw_password or "") and super().check_password(raw_password or "")

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def is_lead(self) -> bool:
        """Leads a team, or runs the desk: whatever a lead may do, an admin may."""
        return self.role in (Role.LEAD, Role.ADMIN)

    @property
    def initials(self) -> str:
        """One or two letters for the avatar: first and last word of the name, else the address."""
        words = [word for word in self.name.split() if word[:1].isalnum()] or [self.email]
        return (words[0][:1] + words[-1][:1] if len(words) > 1 else words[0][:2]).upper()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.email


class Token(models.Model):
    """Lets a program use the API as itself; the token was shown once, only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=16)  # the first letters, to recognise it in a list
    digest = models.CharField(max_length=64, unique=True)  # sha256 in hex; 256 random bits need no slow hash
    scopes = models.JSONField(default=list)  # "read", "write", "admin", "inbox:<key>"
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)  # null: until revoked
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)  # to the minute, see tokens.py

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(digest=""), name="a_token_has_a_digest")]

    def __str__(self) -> str:
        return self.name

    def is_valid(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Invitation(models.Model):
    """A colleague asked to join: bound to address and role, good once and for seven days."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=16, choices=Role, default=Role.AGENT)
    digest = models.CharField(max_length=64, unique=True)  # sha256 in hex of the token in the link
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")  # null: from the command line
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(digest=""), name="an_invitation_has_a_digest"),
            models.UniqueConstraint(
                fields=["email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_per_address",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def is_open(self, now: datetime) -> bool:
        return self.accepted_at is None and self.revoked_at is None and now < self.expires_at
