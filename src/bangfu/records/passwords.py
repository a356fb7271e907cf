"""What a password must be, said in the words of the program."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """Django's rule; what Django says of it has no Chinese in the versions we use."""

    def get_error_message(self) -> str:
        """What whoever chose the password reads."""
        return ngettext(
            "This password is too short: it needs at least %(n)d character.",
            "This password is too short: it needs at least %(n)d characters.",
            self.min_length,
        ) % {"n": self.min_length}
