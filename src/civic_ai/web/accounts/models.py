"""One account: how somebody signs in, and the person on the ledger's roster that it stands for."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from civic_ai.records.ledger import PublicKey

MOST_LETTERS = 80
"""As many as a person's name on the ledger may have."""


class Members(BaseUserManager["Member"]):
    """Makes accounts."""

    def add(self, name: str, person: str, password: str | None, email: str = "") -> Member:
        """A new account; without a password nobody can sign in to it but by single sign-on."""
        member = self.model(name=name, person=person, email=email)
        member.set_password(password)
        member.save(using=self._db)
        return member


class Member(AbstractBaseUser):
    """``name``: as typed to sign in. ``person``: as the ledger's keys and roles name the same human being."""

    name: models.CharField[str, str] = models.CharField(max_length=MOST_LETTERS, unique=True)
    person: models.CharField[str, str] = models.CharField(max_length=MOST_LETTERS, unique=True)
    email: models.EmailField[str, str] = models.EmailField(blank=True, default="")
    is_active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    subject: models.CharField[str | None, str | None] = models.CharField(
        max_length=600, unique=True, null=True, default=None
    )
    """Whom the city's login server means: issuer and subject; None until that person came from there."""

    language: models.CharField[str, str] = models.CharField(max_length=2, blank=True, default="")
    """In which this person last read the desk, and so reads letters; empty: not known."""

    objects = Members()
    USERNAME_FIELD = "name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["person"]


class Passkey(models.Model):
    """A passkey that somebody made at this desk. It signs once a custodian has enrolled its public key."""

    member: models.ForeignKey[Member, Member] = models.ForeignKey(Member, on_delete=models.CASCADE)
    credential: models.CharField[str, str] = models.CharField(max_length=1400, unique=True)
    """By which the browser asks for it (WebAuthn: at most 1023 bytes, here in base64)."""
    public: models.TextField[str, str] = models.TextField()

    @property
    def key(self) -> PublicKey:
        """The public key, as it is enrolled."""
        return PublicKey.model_validate_json(self.public)
