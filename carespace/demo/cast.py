"""The people who can sign in to the demo, with their fixed passwords.

Promises: these sign-ins exist in demo mode only; ``carespace serve`` refuses a production home that holds one of them.
Nobody here exists; the addresses are kept for examples (RFC 2606). No Django here: the supervisor reads it too.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

SLUG = "lakeside"
PRACTICE_NAME = "Lakeside Cancer Associates"
TAGLINE = "Cancer care close to home"
PHONE = "(555) 010-0142"
HOURS = "Answered day and night; office open Monday to Friday, 8 am to 5 pm"
TIME_ZONE = "America/New_York"
PRESET = "highlands"
OVERRIDES: dict[str, object] = {
    "nav_layout": "health",
    "emergency_text": "Fever of 100.4 °F or higher, or anything urgent, day or night: call",
    "emergency_text_es": "Fiebre de 100.4 °F o más, o algo urgente, de día o de noche: llame al",
}
FEED = "demo"
PATIENT_MRN = "LCA-100001"


@dataclass(frozen=True, slots=True)
class SignIn:
    """One person: ``access`` is a kind of grant on Maria's record, or a staff role.

    ``totp_secret`` is what their authenticator app knows (base32); empty for who signs in with the password alone.
    """

    role: str
    name: str
    email: str
    password: str
    birth_date: date
    relation: Literal["grant", "staff"]
    access: str
    totp_secret: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what ``carespace demo --json`` prints of this person."""
        return {
            "role": self.role,
            "name": self.name,
            "email": self.email,
            "password": self.password,
            "birth_date": self.birth_date.isoformat(),
            "totp_secret": self.totp_secret,
        }


SIGN_INS = (
    SignIn(
        "patient",
        "Maria Reyes",
        "maria.reyes@example.com",
        "Garden-Harbor-27!",
        date(1961, 4, 27),
        "grant",
        "self",
    ),
    SignIn(
        "family",
        "Luis Reyes",
        "luis.reyes@example.com",
        "Copper-Kettle-83!",
        date(1959, 9, 12),
        "grant",
        "family",
    ),
    SignIn(
        "front-desk",
        "Fay Okoro",
        "fay.okoro@example.com",
        "Silver-Window-46!",
        date(1988, 2, 19),
        "staff",
        "front-desk",
        "CARESPACEDEMOFAYOKOROFRONTDESK22",
    ),
    SignIn(
        "nurse",
        "J. Tran, RN",
        "j.tran@example.com",
        "Maple-Lantern-59!",
        date(1984, 11, 3),
        "staff",
        "care-team",
        "CARESPACEDEMOJTRANNURSECARETEAM2",
    ),
    SignIn(
        "manager",
        "Grace Lind",
        "grace.lind@example.com",
        "Velvet-Lighthouse-92!",
        date(1979, 6, 8),
        "staff",
        "manager",
        "CARESPACEDEMOGRACELINDMANAGER222",
    ),
)
