"""Codes for illnesses, procedures, allergies, medicines at home and vaccines.

SNOMED CT and ICD-10-CM for health issues, SNOMED CT for procedures, RxNorm ingredients for
medicines, CVX for vaccines: the systems that US Core names
(https://hl7.org/fhir/us/core/STU6.1/terminology.html).
"""

# key: (SNOMED CT, ICD-10-CM, display)
DISEASES = {
    "breast": (
        "254837009",
        "C50.411",
        "Malignant neoplasm of upper-outer quadrant of right female breast",
    ),
    "breast-left": (
        "254837009",
        "C50.812",
        "Malignant neoplasm of overlapping sites of left female breast",
    ),
    "lung": ("254637007", "C34.11", "Non-small cell carcinoma of lung, right upper lobe"),
    "small-cell": ("254632001", "C34.32", "Small cell carcinoma of lung, left lower lobe"),
    "colon": ("363406005", "C18.2", "Malignant neoplasm of ascending colon"),
    "sigmoid": ("363406005", "C18.7", "Malignant neoplasm of sigmoid colon"),
    "prostate": ("399068003", "C61", "Malignant neoplasm of prostate"),
    "hodgkin": (
        "118599009",
        "C81.12",
        "Nodular sclerosis Hodgkin lymphoma, intrathoracic lymph nodes",
    ),
    "dlbcl": (
        "109969005",
        "C83.38",
        "Diffuse large B-cell lymphoma, lymph nodes of multiple sites",
    ),
    "ovary": ("363443007", "C56.3", "Malignant neoplasm of bilateral ovaries"),
    "myeloma": ("109989006", "C90.00", "Multiple myeloma not having achieved remission"),
}

# key: (SNOMED CT, ICD-10-CM, display, onset as the practice knows it: often only a year or month)
COMORBIDITIES = {
    "hypertension": ("38341003", "I10", "High blood pressure (hypertension)", "1998"),
    "diabetes": ("44054006", "E11.9", "Type 2 diabetes mellitus", "2009"),
    "hypothyroidism": ("40930008", "E03.9", "Hypothyroidism", "2012-03"),
    "hyperlipidemia": ("55822004", "E78.5", "High cholesterol (hyperlipidemia)", "2006"),
    "osteoarthritis": ("396275006", "M19.90", "Osteoarthritis", "2011"),
    "copd": ("13645005", "J44.9", "Chronic obstructive lung disease", "2014-10"),
    "gerd": ("235595009", "K21.9", "Gastroesophageal reflux disease", "2016"),
    "fibrillation": ("49436004", "I48.91", "Atrial fibrillation", "2018-05"),
    "kidney": ("433144002", "N18.30", "Chronic kidney disease stage 3", "2017"),
    "prostate-growth": ("266569009", "N40.0", "Benign prostatic hyperplasia", "2010"),
    "depression": ("35489007", "F32.A", "Depression", "2019-06"),
}

# key: (SNOMED CT, display)
PROCEDURES = {
    "breast-biopsy": ("44578009", "Core needle biopsy of breast"),
    "lumpectomy": ("392021009", "Lumpectomy of breast"),
    "sentinel": ("396487001", "Sentinel lymph node biopsy"),
    "mastectomy": ("172043006", "Simple mastectomy"),
    "port": ("233527006", "Placement of implanted central venous port"),
    "radiation": ("33195004", "External beam radiation therapy"),
    "lung-biopsy": ("78603008", "CT-guided biopsy of lung"),
    "bronchoscopy": ("10847001", "Bronchoscopy with ultrasound-guided biopsy"),
    "colonoscopy": ("73761001", "Colonoscopy with biopsy"),
    "colectomy": ("23968004", "Laparoscopic partial colectomy"),
    "liver-biopsy": ("86259008", "Biopsy of liver"),
    "prostate-biopsy": ("65575008", "Biopsy of prostate"),
    "node-biopsy": ("21911005", "Excisional biopsy of lymph node"),
    "marrow-biopsy": ("234326005", "Bone marrow biopsy"),
    "debulking": ("236886002", "Hysterectomy with removal of both ovaries and debulking"),
}

# key: (SNOMED CT, display, category, criticality, reaction display)
ALLERGIES = {
    "penicillin": ("91936005", "Penicillin", "medication", "high", "Hives"),
    "sulfa": ("91939003", "Sulfonamide antibiotics", "medication", "low", "Rash"),
    "codeine": ("294471004", "Codeine", "medication", "low", "Nausea and vomiting"),
    "latex": ("300916003", "Latex", "environment", "high", "Contact rash"),
    "shellfish": ("300913006", "Shellfish", "food", "high", "Swelling of the lips"),
}

# Per key: RxNorm, name, directions
HOME_MEDICINES = {
    "lisinopril": ("29046", "lisinopril 10 mg tablet", "Take 1 tablet by mouth every morning"),
    "levothyroxine": (
        "10582",
        "levothyroxine 75 mcg tablet",
        "Take 1 tablet on an empty stomach every morning",
    ),
    "amlodipine": ("17767", "amlodipine 5 mg tablet", "Take 1 tablet by mouth once a day"),
    "atorvastatin": ("83367", "atorvastatin 20 mg tablet", "Take 1 tablet by mouth at bedtime"),
    "metformin": (
        "6809",
        "metformin 500 mg tablet",
        "Take 1 tablet by mouth twice a day with meals",
    ),
    "apixaban": ("1364430", "apixaban 5 mg tablet", "Take 1 tablet by mouth twice a day"),
    "tamsulosin": ("77492", "tamsulosin 0.4 mg capsule", "Take 1 capsule 30 minutes after supper"),
}

# For every patient whose treatment lowers the counts or upsets the stomach
SUPPORT_MEDICINES = (
    (
        "26225",
        "ondansetron 8 mg tablet",
        "Take 1 tablet by mouth every 8 hours as needed for nausea",
    ),
    (
        "8704",
        "prochlorperazine 10 mg tablet",
        "Take 1 tablet by mouth every 6 hours as needed for nausea",
    ),
    (
        "3264",
        "dexamethasone 4 mg tablet",
        "Take 2 tablets by mouth with breakfast on the 2 days after treatment",
    ),
)
GROWTH_FACTOR = (
    "338036",
    "pegfilgrastim 6 mg injection",
    "One injection under the skin the day after treatment",
)

# (CVX, display, month and day of the year in which it is given)
YEARLY_VACCINES = (
    ("135", "Influenza vaccine, high dose, seasonal", 10, 6),
    ("309", "COVID-19 vaccine, mRNA, seasonal", 9, 24),
)
PAST_VACCINES = (
    ("216", "Pneumococcal conjugate vaccine, 20-valent", "2022-11-08"),
    ("187", "Zoster vaccine, recombinant", "2021-04"),
    ("115", "Tdap vaccine", "2018"),
)
