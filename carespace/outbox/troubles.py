"""What an error of the mail server means for a mail: refused at once, or tried again, and for how long.

Promises: an answer about this mail that no later try would mend (RFC 5321, 4.2.1: 5xx) refuses it at once; what a later
try may mend is tried for four days, as mail programs do (RFC 5321, 4.5.4.1); a refusal for a policy, which often
is about how the server is set up and not about the address (X.7 of RFC 3463), is tried for one day. What is noted are
codes, never the server's words, which may hold an address.
"""

import re
import smtplib
from dataclasses import dataclass
from datetime import timedelta

PATIENCE = timedelta(days=4)
PATIENCE_WITH_POLICIES = timedelta(days=1)
AT_ONCE = timedelta(0)
WAITS = tuple(timedelta(seconds=each) for each in (10, 30, 60, 120, 300, 600, 1200, 1800))
_ENHANCED = re.compile(rb"^\s*([245]\.\d{1,3}\.\d{1,3})\b")
PERMANENT = range(500, 600)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What was wrong (codes, or an error's type), whether this mail was refused, and how long to go on trying."""

    told: str
    is_refusal: bool = False
    patience: timedelta = PATIENCE


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after that many tries before (0 after the first): ten seconds, later half an hour."""
    return WAITS[min(attempts, len(WAITS) - 1)]


def trouble(error: OSError | smtplib.SMTPException) -> Trouble:
    """Say what ``error`` means for the one mail that was being handed over."""
    code, words = _answer(error)
    if code is None:
        return Trouble(type(error).__name__)
    found = _ENHANCED.match(words)
    told = " ".join([str(code), *([found[1].decode()] if found else [])])
    if code in PERMANENT and isinstance(
        error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError
    ):
        is_policy = found is not None and found[1].startswith(b"5.7.")
        patience = PATIENCE_WITH_POLICIES if is_policy else AT_ONCE
        return Trouble(f"refused: {told}", is_refusal=True, patience=patience)
    return Trouble(f"put off: {told}")


def _answer(error: Exception) -> tuple[int | None, bytes]:
    """Return the server's code and words; (None, b"") where it gave none. A mail has one recipient."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return error.smtp_code, words.encode() if isinstance(words, str) else words
    return None, b""
