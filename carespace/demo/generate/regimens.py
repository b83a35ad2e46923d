"""Treatment regimens as the practice orders them, and how hard each is on the blood.

Doses are the usual published starting doses. `neutrophil_drop` is the share of neutrophils lost
at the lowest day, `nadir_day` that day after the infusion; both are chosen to look like the
regimen's usual course and drive `marrow.py`. Medicine codes are RxNorm ingredients.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drug:
    """One medicine: RxNorm code, name, and how it is given."""

    code: str
    name: str
    dose: str
    route: str = "IV"


@dataclass(frozen=True, slots=True)
class Regimen:
    """A named regimen; intervals and days in days, drops as shares, `hemoglobin_drop` in g/dL."""

    name: str
    drugs: tuple[Drug, ...]
    interval_days: int
    chair_minutes: int
    neutrophil_drop: float
    nadir_day: int
    platelet_drop: float
    hemoglobin_drop: float
    growth_factor: bool
    effects: tuple[str, ...]
    oral: bool = False

    @property
    def lowers_counts(self) -> bool:
        """Whether this regimen makes the blood counts fall in each cycle."""
        return self.neutrophil_drop >= 0.5


DOXORUBICIN = Drug("3639", "doxorubicin", "60 mg/m2")
CYCLOPHOSPHAMIDE = Drug("3002", "cyclophosphamide", "600 mg/m2")
PACLITAXEL = Drug("56946", "paclitaxel", "175 mg/m2")
DOCETAXEL = Drug("72962", "docetaxel", "75 mg/m2")
CARBOPLATIN = Drug("40048", "carboplatin", "AUC 5")
TRASTUZUMAB = Drug("224905", "trastuzumab", "6 mg/kg (8 mg/kg first dose)")
PERTUZUMAB = Drug("1298944", "pertuzumab", "420 mg (840 mg first dose)")
PEMBROLIZUMAB = Drug("1547545", "pembrolizumab", "200 mg")
PEMETREXED = Drug("68446", "pemetrexed", "500 mg/m2")
ATEZOLIZUMAB = Drug("1792776", "atezolizumab", "1,200 mg")
LEUCOVORIN = Drug("6313", "leucovorin", "400 mg/m2")
FLUOROURACIL = Drug("4492", "fluorouracil", "400 mg/m2, then 2,400 mg/m2 over 46 hours by pump")
LENALIDOMIDE = Drug("342369", "lenalidomide", "25 mg once a day, days 1 to 14", "by mouth")

TIRED = "Tiredness, often most in the first week"
NAUSEA = "Nausea; take your nausea medicine early rather than late"
HAIR = "Hair loss, usually two to three weeks after the first treatment; it grows back"
NUMB = "Numbness or tingling in fingers and toes; tell us if buttons or stairs become hard"
MOUTH = "Mouth soreness; rinse with salt and baking soda four times a day"
FEVER = "Low white blood cells and a higher risk of infection"
IMMUNE = "Rash, loose stools, cough or great tiredness from an over-active immune system, even months later"
BOWEL = "Loose stools; drink more and call us after four in one day"
FLASHES = "Hot flashes, stiff joints and changes in mood"

REGIMENS = {
    "ac": Regimen("Dose-dense AC", (DOXORUBICIN, CYCLOPHOSPHAMIDE), 14, 120, 0.72, 7, 0.30, 0.28, True,
                  (FEVER, NAUSEA, HAIR, TIRED, MOUTH)),
    "t": Regimen("Dose-dense paclitaxel", (PACLITAXEL,), 14, 240, 0.67, 7, 0.18, 0.16, True,
                 (NUMB, "Aching muscles for two to four days", HAIR, TIRED, FEVER)),
    "tchp": Regimen("TCHP", (DOCETAXEL, CARBOPLATIN, TRASTUZUMAB, PERTUZUMAB), 21, 330, 0.70, 9, 0.42, 0.38,
                    True, (FEVER, BOWEL, HAIR, NUMB, TIRED)),
    "hp": Regimen("Trastuzumab and pertuzumab maintenance", (TRASTUZUMAB, PERTUZUMAB), 21, 120, 0.0, 10, 0.0,
                  0.0, False, (BOWEL, TIRED, "A weaker heart muscle, which is why we repeat the heart scan")),
    "tc": Regimen("TC", (DOCETAXEL, CYCLOPHOSPHAMIDE), 21, 180, 0.71, 8, 0.22, 0.30, True,
                  (FEVER, HAIR, TIRED, "Swelling of the ankles", MOUTH)),
    "kac": Regimen("AC and pembrolizumab", (DOXORUBICIN, CYCLOPHOSPHAMIDE, PEMBROLIZUMAB), 21, 180, 0.73, 10,
                   0.30, 0.34, True, (FEVER, NAUSEA, HAIR, IMMUNE, TIRED)),
    "kct": Regimen("Carboplatin, paclitaxel and pembrolizumab", (CARBOPLATIN, PACLITAXEL, PEMBROLIZUMAB), 21,
                   300, 0.69, 11, 0.45, 0.36, False, (FEVER, NUMB, HAIR, IMMUNE, TIRED)),
    "cpp": Regimen("Carboplatin, pemetrexed and pembrolizumab", (CARBOPLATIN, PEMETREXED, PEMBROLIZUMAB), 21,
                   210, 0.68, 10, 0.45, 0.35, False, (FEVER, NAUSEA, TIRED, IMMUNE, MOUTH)),
    "pp": Regimen("Pemetrexed and pembrolizumab maintenance", (PEMETREXED, PEMBROLIZUMAB), 21, 120, 0.64, 9,
                  0.18, 0.08, False, (TIRED, IMMUNE, MOUTH)),
    "cea": Regimen("Carboplatin, etoposide and atezolizumab", (CARBOPLATIN, Drug("4179", "etoposide",
                   "100 mg/m2, days 1 to 3"), ATEZOLIZUMAB), 21, 240, 0.75, 10, 0.50, 0.42, True,
                   (FEVER, HAIR, NAUSEA, TIRED, IMMUNE)),
    "atezo": Regimen("Atezolizumab maintenance", (ATEZOLIZUMAB,), 21, 60, 0.0, 10, 0.0, 0.0, False,
                     (IMMUNE, TIRED)),
    "osi": Regimen("Osimertinib", (Drug("1721560", "osimertinib", "80 mg once a day", "by mouth"),), 42, 30,
                   0.0, 10, 0.0, 0.0, False, ("Dry skin and a mild rash", BOWEL, MOUTH), oral=True),
    "folfox": Regimen("mFOLFOX6", (Drug("32592", "oxaliplatin", "85 mg/m2"), LEUCOVORIN, FLUOROURACIL), 14, 210,
                      0.65, 7, 0.30, 0.15, False,
                      ("Tingling set off by cold: no cold drinks for five days after each treatment", NUMB, FEVER,
                       NAUSEA, BOWEL)),
    "folfiri": Regimen("FOLFIRI and bevacizumab", (Drug("51499", "irinotecan", "180 mg/m2"), LEUCOVORIN,
                       FLUOROURACIL, Drug("253337", "bevacizumab", "5 mg/kg")), 14, 240, 0.66, 7, 0.18, 0.12,
                       False, (BOWEL, FEVER, HAIR, "High blood pressure and nosebleeds", TIRED)),
    "doce": Regimen("Docetaxel and prednisone", (DOCETAXEL, Drug("8640", "prednisone", "5 mg twice a day",
                    "by mouth")), 21, 120, 0.72, 8, 0.20, 0.28, False, (FEVER, HAIR, TIRED, NUMB)),
    "adt": Regimen("Leuprolide", (Drug("42375", "leuprolide", "22.5 mg every 3 months", "IM"),), 84, 30, 0.0, 10,
                   0.0, 0.04, False, (FLASHES, "Thinner bones, which is why we check bone density")),
    "abvd": Regimen("ABVD", (Drug("3639", "doxorubicin", "25 mg/m2"), Drug("1622", "bleomycin", "10 units/m2"),
                    Drug("11198", "vinblastine", "6 mg/m2"), Drug("3098", "dacarbazine", "375 mg/m2")), 14, 210,
                    0.66, 7, 0.10, 0.14, False, (FEVER, NAUSEA, HAIR,
                    "Cough or shortness of breath from bleomycin; tell us the same day", TIRED)),
    "rchop": Regimen("R-CHOP", (Drug("121191", "rituximab", "375 mg/m2"), Drug("3002", "cyclophosphamide",
                     "750 mg/m2"), Drug("3639", "doxorubicin", "50 mg/m2"), Drug("11202", "vincristine",
                     "1.4 mg/m2, at most 2 mg"), Drug("8640", "prednisone", "100 mg, days 1 to 5", "by mouth")),
                     21, 330, 0.74, 10, 0.30, 0.32, True, (FEVER, HAIR, NAUSEA, NUMB, TIRED)),
    "cp": Regimen("Carboplatin and paclitaxel", (CARBOPLATIN, PACLITAXEL), 21, 300, 0.68, 11, 0.40, 0.34, False,
                  (FEVER, NUMB, HAIR, NAUSEA, TIRED)),
    "olaparib": Regimen("Olaparib maintenance", (Drug("1597582", "olaparib", "300 mg twice a day", "by mouth"),),
                        28, 30, 0.0, 10, 0.0, 0.05, False, (TIRED, NAUSEA, "Low red blood cells"), oral=True),
    "vrd": Regimen("VRd", (Drug("358258", "bortezomib", "1.3 mg/m2, days 1, 8 and 15", "under the skin"),
                   LENALIDOMIDE, Drug("3264", "dexamethasone", "20 mg weekly", "by mouth")), 21, 60, 0.63, 10,
                   0.35, -0.05, False, (NUMB, TIRED, "Shingles, which is why you take acyclovir",
                   "Blood clots; take your aspirin", FEVER)),
    "len": Regimen("Lenalidomide maintenance", (Drug("342369", "lenalidomide", "10 mg once a day", "by mouth"),),
                   28, 30, 0.0, 10, 0.05, 0.0, False, (TIRED, BOWEL), oral=True),
    "letrozole": Regimen("Letrozole", (Drug("72965", "letrozole", "2.5 mg once a day", "by mouth"),), 90, 30, 0.0,
                         10, 0.0, 0.0, False, (FLASHES, "Thinner bones"), oral=True),
}  # fmt: skip
