"""Argon2 as Django has it, a few at a time: each takes 100 MiB, and anybody may ask for one by signing in."""

from __future__ import annotations

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE = 2
"""As many in one process; others wait."""
_ROOM = BoundedSemaphore(AT_ONCE)


class BoundedArgon2PasswordHasher(Argon2PasswordHasher):
    """Sixteen tries at once would else take 1.6 GiB and end the desk of a small machine."""

    def encode(self, password: str, salt: str) -> str:
        """The hash of a new password, or of a name that nobody has."""
        with _ROOM:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether it is the password of this hash."""
        with _ROOM:
            return super().verify(password, encoded)
