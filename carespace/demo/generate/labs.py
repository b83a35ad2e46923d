"""The practice laboratory's catalogue: LOINC codes, US units, reference ranges, printed digits.

Ranges are those of one (invented) laboratory, as each result must carry its own. Units are UCUM
(https://ucum.org) with the unit as an American laboratory prints it.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class LabTest:
    """One test; `decimals` is how many digits the laboratory prints after the point.

    `usual` and `spread` are a healthy patient's middle value and ordinary variation, used where no
    model gives the value. A bound of None means that the laboratory prints no such bound.
    """

    loinc: str
    name: str
    unit: str
    ucum: str
    low: str | None
    high: str | None
    decimals: int
    usual: float = 0.0
    spread: float = 0.0

    def printed(self, value: float) -> Decimal:
        """Return the value with the digits that this laboratory prints."""
        return Decimal(f"{max(value, 0.0):.{self.decimals}f}")


def _count(loinc: str, name: str, low: str, high: str, decimals: int) -> LabTest:
    return LabTest(loinc, name, "K/uL", "10*3/uL", low, high, decimals)


TESTS = {
    "wbc": _count("6690-2", "White blood cells (WBC)", "4.0", "11.0", 1),
    "rbc": LabTest("789-8", "Red blood cells (RBC)", "M/uL", "10*6/uL", "3.90", "5.20", 2),
    "hgb": LabTest("718-7", "Hemoglobin", "g/dL", "g/dL", "12.0", "15.5", 1),
    "hct": LabTest("4544-3", "Hematocrit", "%", "%", "36.0", "46.0", 1),
    "mcv": LabTest("787-2", "Mean cell volume (MCV)", "fL", "fL", "80.0", "100.0", 1),
    "plt": _count("777-3", "Platelets", "150", "400", 0),
    "anc": _count("751-8", "Neutrophils (ANC)", "1.80", "7.70", 2),
    "lym": _count("731-0", "Lymphocytes", "1.00", "4.80", 2),
    "mono": _count("742-7", "Monocytes", "0.20", "0.95", 2),
    "eos": _count("711-2", "Eosinophils", "0.00", "0.50", 2),
    "baso": _count("704-7", "Basophils", "0.00", "0.20", 2),
    "na": LabTest("2951-2", "Sodium", "mmol/L", "mmol/L", "135", "145", 0, 139.5, 1.7),
    "k": LabTest("2823-3", "Potassium", "mmol/L", "mmol/L", "3.5", "5.1", 1, 4.1, 0.25),
    "cl": LabTest("2075-0", "Chloride", "mmol/L", "mmol/L", "98", "107", 0, 102.5, 1.8),
    "co2": LabTest("2028-9", "Carbon dioxide (CO2)", "mmol/L", "mmol/L", "21", "31", 0, 25.5, 1.6),
    "bun": LabTest("3094-0", "Urea nitrogen (BUN)", "mg/dL", "mg/dL", "7", "20", 0, 15.0, 2.6),
    "crea": LabTest("2160-0", "Creatinine", "mg/dL", "mg/dL", "0.50", "1.10", 2, 0.82, 0.05),
    "egfr": LabTest("98979-8", "Kidney filtration (eGFR)", "mL/min/1.73m2", "mL/min/{1.73_m2}", "60", None, 0),
    "glu": LabTest("2345-7", "Glucose", "mg/dL", "mg/dL", "70", "99", 0, 94.0, 7.0),
    "ca": LabTest("17861-6", "Calcium", "mg/dL", "mg/dL", "8.5", "10.5", 1, 9.4, 0.22),
    "prot": LabTest("2885-2", "Total protein", "g/dL", "g/dL", "6.0", "8.3", 1, 7.0, 0.2),
    "alb": LabTest("1751-7", "Albumin", "g/dL", "g/dL", "3.5", "5.0", 1, 4.1, 0.15),
    "bili": LabTest("1975-2", "Total bilirubin", "mg/dL", "mg/dL", "0.2", "1.2", 1, 0.6, 0.12),
    "alp": LabTest("6768-6", "Alkaline phosphatase (ALP)", "U/L", "U/L", "40", "129", 0, 82.0, 8.0),
    "ast": LabTest("1920-8", "AST", "U/L", "U/L", "10", "40", 0, 23.0, 4.0),
    "alt": LabTest("1742-6", "ALT", "U/L", "U/L", "7", "45", 0, 24.0, 5.0),
    "mg": LabTest("19123-9", "Magnesium", "mg/dL", "mg/dL", "1.7", "2.4", 1, 2.0, 0.1),
    "tsh": LabTest("3016-3", "Thyroid stimulating hormone (TSH)", "mIU/L", "m[IU]/L", "0.40", "4.50", 2, 2.1, 0.5),
    "a1c": LabTest("4548-4", "Hemoglobin A1c", "%", "%", "4.0", "5.6", 1, 7.0, 0.3),
    "ferritin": LabTest("2276-4", "Ferritin", "ng/mL", "ng/mL", "15", "150", 0, 60.0, 6.0),
    "ca153": LabTest("6875-9", "CA 15-3", "U/mL", "[arb'U]/mL", None, "30", 0),
    "cea": LabTest("2039-6", "CEA", "ng/mL", "ng/mL", None, "3.0", 1),
    "psa": LabTest("2857-1", "Prostate specific antigen (PSA)", "ng/mL", "ng/mL", None, "4.00", 2),
    "ca125": LabTest("10334-1", "CA 125", "U/mL", "[arb'U]/mL", None, "35", 0),
    "ldh": LabTest("2532-0", "Lactate dehydrogenase (LDH)", "U/L", "U/L", "120", "246", 0),
    "esr": LabTest("30341-2", "Sedimentation rate", "mm/h", "mm/h", "0", "20", 0),
    "mspike": LabTest("33358-3", "M-protein (serum electrophoresis)", "g/dL", "g/dL", None, None, 2),
    "kappa": LabTest("36916-5", "Kappa free light chains", "mg/L", "mg/L", "3.3", "19.4", 1),
}  # fmt: skip

# Bounds that differ for men: (low, high)
MALE_BOUNDS = {
    "rbc": ("4.30", "5.80"),
    "hgb": ("13.0", "17.0"),
    "hct": ("38.5", "50.0"),
    "crea": ("0.70", "1.30"),
    "ferritin": ("30", "400"),
}

CBC = ("wbc", "rbc", "hgb", "hct", "mcv", "plt", "anc", "lym", "mono", "eos", "baso")
CMP = (
    "na",
    "k",
    "cl",
    "co2",
    "bun",
    "crea",
    "egfr",
    "glu",
    "ca",
    "prot",
    "alb",
    "bili",
    "alp",
    "ast",
    "alt",
)

# panel key: (LOINC, name)
PANELS = {
    "cbc": ("57021-8", "Complete blood count (CBC) with differential"),
    "cmp": ("24323-8", "Comprehensive metabolic panel"),
    "marker": ("", "Tumor marker"),
    "other": ("", "Other blood tests"),
}


def bounds(key: str, gender: str) -> tuple[str | None, str | None]:
    """Return the laboratory's low and high bound for this test and sex, as printed."""
    if gender == "male" and key in MALE_BOUNDS:
        return MALE_BOUNDS[key]
    return TESTS[key].low, TESTS[key].high


def interpretation(value: Decimal, low: str | None, high: str | None) -> str | None:
    """Return L, H, N, or LL and HH far outside, as the laboratory flags it; None without a range."""
    if low is None and high is None:
        return None
    if low is not None and value < Decimal(low):
        return "LL" if value < Decimal(low) * Decimal("0.28") else "L"
    if high is not None and value > Decimal(high):
        return "H"
    return "N"
