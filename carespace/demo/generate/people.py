"""Who the patients of Lakeside Cancer Associates are, apart from their illness.

Every name is invented, every address is in a town that does not exist, telephone numbers are
555-01xx (kept free for fiction) and email is at example.com (RFC 2606). Two patients share a
birth date and nearly a name on purpose: a record must never slip from one to the other.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Relative:
    """A relative named in the patient's record; `role` is a v3 RoleCode."""

    given: str
    family: str
    role: str
    role_display: str
    phone_suffix: int
    email: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Demographics and background; height in inches, weight in pounds, hemoglobin in g/dL."""

    mrn: str
    given: str
    middle: str
    family: str
    gender: str
    birth_date: date
    race: str
    hispanic: bool
    language: str
    street: str
    phone_suffix: int
    married: bool
    doctor: str
    payer: str
    height_inches: int
    weight_pounds: int
    hemoglobin: float
    comorbidities: tuple[str, ...]
    allergies: tuple[str, ...]
    home_medicines: tuple[str, ...]
    relative: Relative | None = None

    @property
    def source_id(self) -> str:
        """The id of the Patient resource in the practice's feed."""
        return self.mrn.lower()

    @property
    def member_number(self) -> str:
        """What the insurer calls this person, on the card and in the record."""
        return f"M{self.mrn[-6:]}-01"

    @property
    def name(self) -> str:
        """Given and family name, as a letter says it."""
        return f"{self.given} {self.family}"

    @property
    def email(self) -> str:
        """The address the patient gave the practice."""
        return f"{self.given}.{self.family}@example.com".lower().replace("'", "")

    @property
    def title(self) -> str:
        """How the practice addresses the patient."""
        return ("Ms. " if self.gender == "female" else "Mr. ") + self.family


def _relative(name: str, role: str, display: str, phone: int, email: str = "") -> Relative:
    given, family = name.split(" ")
    return Relative(given, family, role, display, phone, email)


PEOPLE = (
    Person("LCA-100001", "Maria", "Elena", "Reyes", "female", date(1961, 4, 27), "white", True, "en",
           "418 Willow Bend Road", 101, True, "park", "harbor", 63, 158, 12.9,
           ("hypertension", "hypothyroidism"), ("penicillin",), ("lisinopril", "levothyroxine"),
           _relative("Luis Reyes", "HUSB", "husband", 102, "luis.reyes@example.com")),
    Person("LCA-100002", "Dorothy", "Ann", "Miller", "female", date(1953, 9, 14), "white", False, "en",
           "27 Orchard Street", 103, False, "park", "medicare", 65, 171, 13.1,
           ("hypertension", "osteoarthritis"), ("sulfa",), ("amlodipine",),
           _relative("Karen Boyle", "DAU", "daughter", 104)),
    Person("LCA-100003", "Dorothea", "Anne", "Miller", "female", date(1953, 9, 14), "white", False, "en",
           "902 Harbor View Terrace", 105, True, "desai", "medicare", 64, 139, 12.7,
           ("copd", "hyperlipidemia"), (), ("atorvastatin",),
           _relative("George Miller", "HUSB", "husband", 106)),
    Person("LCA-100004", "Evelyn", "Grace", "Brooks", "female", date(1949, 2, 3), "black", False, "en",
           "55 Chapel Lane", 107, False, "park", "medicare", 66, 182, 12.8,
           ("hypertension", "diabetes"), ("codeine",), ("lisinopril", "metformin"),
           _relative("Marcus Brooks", "SON", "son", 108)),
    Person("LCA-100005", "James", "Patrick", "Whitfield", "male", date(1955, 11, 30), "white", False, "en",
           "1340 Quarry Road", 109, True, "desai", "medicare", 70, 188, 14.2,
           ("copd", "hypertension"), (), ("amlodipine", "atorvastatin"),
           _relative("Linda Whitfield", "WIFE", "wife", 110)),
    Person("LCA-100006", "Thanh", "Van", "Nguyen", "male", date(1958, 6, 18), "asian", False, "en",
           "76 Maple Court", 111, True, "desai", "harbor", 66, 148, 14.0,
           ("gerd",), (), (), _relative("Linh Nguyen", "DAU", "daughter", 112)),
    Person("LCA-100007", "Jorge", "Luis", "Castillo", "male", date(1957, 1, 22), "white", True, "es",
           "233 Canal Street, Apt 4", 113, True, "desai", "medicare", 68, 176, 13.4,
           ("diabetes", "hyperlipidemia"), ("shellfish",), ("metformin", "atorvastatin"),
           _relative("Carmen Castillo", "WIFE", "wife", 114)),
    Person("LCA-100008", "Harold", "Eugene", "Jensen", "male", date(1944, 8, 9), "white", False, "en",
           "18 Lighthouse Point", 115, False, "desai", "medicare", 71, 191, 13.0,
           ("fibrillation", "kidney"), ("penicillin",), ("apixaban",),
           _relative("Ruth Jensen", "DAU", "daughter", 116)),
    Person("LCA-100009", "Robert", "Alan", "Clarke", "male", date(1946, 3, 12), "white", False, "en",
           "640 Ridge Avenue", 117, True, "lindqvist", "medicare", 69, 195, 13.3,
           ("hypertension", "prostate-growth"), (), ("lisinopril", "tamsulosin"),
           _relative("Nancy Clarke", "WIFE", "wife", 118)),
    Person("LCA-100010", "Samuel", "Isaiah", "Freeman", "male", date(1951, 12, 5), "black", False, "en",
           "81 Freedom Way", 119, True, "lindqvist", "medicare", 72, 214, 13.8,
           ("hypertension", "hyperlipidemia"), ("latex",), ("amlodipine", "atorvastatin"),
           _relative("Delores Freeman", "WIFE", "wife", 120)),
    Person("LCA-100011", "Priya", "Anjali", "Raman", "female", date(1998, 7, 21), "asian", False, "en",
           "12 University Place, Apt 9B", 121, False, "lindqvist", "harbor", 64, 128, 12.4,
           (), (), (), _relative("Meera Raman", "MTH", "mother", 122)),
    Person("LCA-100012", "William", "Thomas", "Hayes", "male", date(1952, 5, 16), "white", False, "en",
           "305 Mill Pond Road", 123, True, "lindqvist", "medicare", 70, 183, 14.3,
           ("gerd", "hypertension"), ("codeine",), ("lisinopril",),
           _relative("Susan Hayes", "WIFE", "wife", 124)),
    Person("LCA-100013", "Miriam", "Leah", "Goldberg", "female", date(1959, 10, 8), "white", False, "en",
           "47 Garden Crescent", 125, True, "park", "harbor", 62, 134, 12.6,
           ("hypothyroidism",), (), ("levothyroxine",),
           _relative("David Goldberg", "HUSB", "husband", 126)),
    Person("LCA-100014", "Walter", "Joseph", "Begay", "male", date(1950, 1, 29), "native", False, "en",
           "9 Stone Creek Road", 127, True, "lindqvist", "medicare", 69, 177, 11.6,
           ("diabetes", "kidney"), (), ("metformin",),
           _relative("Rose Begay", "WIFE", "wife", 128)),
    Person("LCA-100015", "Latoya", "Denise", "Grant", "female", date(1974, 4, 2), "black", False, "en",
           "1507 Summit Street", 129, True, "park", "harbor", 67, 165, 12.7,
           ("depression",), ("sulfa",), (), _relative("Andre Grant", "HUSB", "husband", 130)),
)  # fmt: skip
