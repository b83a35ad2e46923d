"""The illnesses of the patients with prostate, blood and ovarian cancer. All of it is invented."""

from carespace.demo.generate.stories_solid import CT, port
from carespace.demo.generate.story import Marker, Operation, Phase, Story, Study

PET = "PET/CT, skull base to mid-thigh"

OTHER = (
    Story("LCA-100009", "prostate", "prostate cancer", "Stage IVB", "cT3b cN1 cM1b", -104, -104, 3, "control",
          "His PSA was 88 at a checkup, and a bone scan showed spots in the pelvis and the spine.",
          "Prostate: 12 core needle biopsy.", "Acinar adenocarcinoma, Gleason 4 + 5 = 9 (grade group 5), in 10 of 12 "
          "cores.", ("Adenocarcinoma of the prostate, Gleason 9, grade group 5",),
          (("Grade group", "5"), ("BRCA2", "No change found"), ("Microsatellite status", "Stable")),
          ("Leuprolide every three months, to lower testosterone.", ("Docetaxel with prednisone every three weeks, six "
           "treatments, since the PSA began to rise."), "Zoledronic acid every three months.", ("PSA before each "
           "treatment; bone scan and CT after three.")),
          "his PSA has fallen by more than half and the ache in his hip is gone",
          (Phase("adt", 40, 8, -96), Phase("doce", 6, 3, -9)),
          (Operation("prostate-biopsy", -104, "Twelve cores taken under ultrasound. Mild bleeding that stopped."),
           Operation("radiation", -30, "20 Gy in 5 treatments to the left hip for pain. The pain settled.")),
          (Study("Whole body bone scan", -11, "Rising PSA", ("New uptake in the left hip and the T10 vertebra.",),
                 ("Progression in the bones.",)),
           Study(CT, -10, "Rising PSA", ("Pelvic lymph nodes up to 1.8 cm.", "Liver and lungs are clear."),
                 ("Enlarged pelvic lymph nodes.",))),
          (Marker("psa", 88.4, 1.1, 7, -96, rises_from=-36),), "Docetaxel for prostate cancer; treatment 4 of 6 is next",
          onset="2019-06"),
    Story("LCA-100010", "prostate", "prostate cancer", "Stage IIIC", "cT2c cN0 cM0", -90, -92, 9, "cure",
          "His PSA rose from 6 to 22 in two years. An MRI showed a suspicious area in both halves of the prostate.",
          "Prostate: 14 core needle biopsy.", "Acinar adenocarcinoma, Gleason 4 + 5 = 9 (grade group 5), in 7 of 14 "
          "cores.", ("Adenocarcinoma of the prostate, Gleason 9, grade group 5",), (("Grade group", "5"),
          ("PSMA PET", "No spread seen")),
          ("Leuprolide every three months for two years.", ("Radiation to the prostate and pelvic nodes, eight weeks "
           "(done)."), "PSA every three months."),
          "his PSA can no longer be measured; hot flashes are his main trouble",
          (Phase("adt", 8, 7, -84),), (Operation("prostate-biopsy", -90, "Fourteen cores under MRI guidance."),
           Operation("radiation", -72, "79.2 Gy in 44 treatments to the prostate and seminal vesicles.")),
          (Study("MRI of the prostate", -91, "Rising PSA", (("Two areas of restricted diffusion, 1.6 and 1.1 cm. The "
                 "capsule is intact."),), ("PI-RADS 5 lesions in both lobes.",)),
           Study("Bone density scan", -28, "Taking leuprolide", ("T-score -1.6 at the hip.",), ("Osteopenia.",))),
          (Marker("psa", 22.1, 0.05, 5, -84),), "Leuprolide after radiation; PSA below what can be measured"),
    Story("LCA-100011", "hodgkin", "Hodgkin lymphoma", "Stage IIB", "Ann Arbor IIB", -22, -24, 3, "cure",
          "For two months she had drenching night sweats, itching and a lump above the left collarbone.",
          "Left neck: lymph node removed whole.", "Classic Hodgkin lymphoma, nodular sclerosis. Reed-Sternberg cells "
          "are positive for CD30 and CD15 and negative for CD20.",
          ("Classic Hodgkin lymphoma, nodular sclerosis type",), (("CD30", "Positive"), ("CD15", "Positive"),
          ("EBV (EBER)", "Negative")),
          ("ABVD, six cycles of two infusions each (days 1 and 15), twelve infusions in all.", ("PET/CT after two "
           "cycles (done: complete response)."), "Lung function tests because of bleomycin.", ("Fertility: eggs were "
           "frozen before treatment.")),
          "nine of twelve infusions are done, the PET is clear and she is finishing her thesis from home",
          (Phase("abvd", 12, 9, -18),), (Operation("node-biopsy", -22, "A 3 cm lymph node removed from the left neck "
           "through a small cut."), port(-19)),
          (Study(PET, -21, "Staging of Hodgkin lymphoma", (("Active lymph nodes in the left neck and the chest, the "
                 "largest 6.2 cm."), "No activity below the diaphragm or in the bones."), (("Lymphoma above the "
                 "diaphragm only."),)),
           Study(PET, -11, "Response after two cycles", (("No activity above the liver in any lymph node (Deauville "
                 "2)."),), ("Complete metabolic response.",))),
          (Marker("ldh", 288, 171, 3, -18), Marker("esr", 62, 9, 3, -18)), "ABVD for Hodgkin lymphoma; infusion 10 of 12 is next"),
    Story("LCA-100012", "dlbcl", "lymphoma", "Stage III", "Ann Arbor IIIA", -69, -72, 14, "cure",
          "He found lumps in both groins. A CT scan showed enlarged lymph nodes in the belly and under the arms.",
          "Right groin: lymph node removed whole.", "Diffuse large B-cell lymphoma, germinal center type. CD20 and "
          "CD10 are positive.", ("Diffuse large B-cell lymphoma, germinal center type",),
          (("CD20", "Positive"), ("MYC, BCL2, BCL6", "No rearrangement"), ("Ki-67", "80%")),
          ("R-CHOP every three weeks six times (done).", "PET/CT after treatment (done: complete remission).",
           "Visits every three months for two years, then every six months."),
          "he has been in complete remission for almost a year and is gardening again",
          (Phase("rchop", 6, 6, -66),), (Operation("node-biopsy", -69, "A 4 cm lymph node removed from the right "
           "groin."), Operation("marrow-biopsy", -68, "Left hip. No lymphoma in the marrow."), port(-67)),
          (Study(PET, -68, "Staging of lymphoma", (("Active lymph nodes on both sides of the diaphragm, the largest "
                 "5.8 cm."),), ("Stage III lymphoma.",)),
           Study(PET, -42, "End of treatment", ("No active lymph nodes (Deauville 1).",), ("Complete remission.",)),
           Study(CT, -6, "Follow-up", ("No enlarged lymph nodes.",), ("No evidence of lymphoma.",))),
          (Marker("ldh", 420, 168, 3, -66),), "In remission after R-CHOP; follow-up every three months",
          survivorship=True),
    Story("LCA-100013", "ovary", "ovarian cancer", "Stage IIIC", "pT3c pN1a cM0", -72, -74, 5, "cure",
          "Her belly had been swelling for two months. A scan showed masses on both ovaries and fluid in the belly.",
          "Both ovaries, uterus, omentum and lymph nodes.", "High-grade serous carcinoma of both ovaries with spread "
          "to the omentum. No tumor larger than 1 cm was left after surgery.",
          ("High-grade serous carcinoma of the ovaries",), (("BRCA1 (tumor and blood)", "Harmful change found"),
          ("Homologous recombination", "Deficient")),
          ("Surgery to remove all visible tumor (done).", ("Carboplatin and paclitaxel every three weeks six times "
           "(done)."), "Olaparib tablets twice a day for two years.", "CA 125 at each visit."),
          "her CA 125 has been normal for nine months on olaparib",
          (Phase("cp", 6, 6, -66), Phase("olaparib", 26, 10, -40)),
          (Operation("debulking", -70, "All visible tumor removed. Five days in the hospital."), port(-67)),
          (Study(CT, -73, "Swelling of the belly", (("Masses of 9 and 6 cm on the ovaries and a large amount of "
                 "fluid."),), ("Likely ovarian cancer.",)),
           Study(CT, -8, "Follow-up on olaparib", ("No fluid and no masses.",), ("No evidence of disease.",))),
          (Marker("ca125", 1240, 14, 3, -70),), "Olaparib maintenance; BRCA1 carrier",
          genetics="A harmful change was found in BRCA1. It raises the risk of breast and ovarian cancer. Each child and "
          "sibling has a one in two chance of carrying it and can be tested."),
    Story("LCA-100014", "myeloma", "multiple myeloma", "ISS Stage II", "ISS II", -66, -68, 6, "control",
          "He was tired and had back pain. Blood tests showed anemia and an abnormal protein.",
          "Bone marrow, left hip.", "Plasma cells make up 45% of the marrow cells and are kappa restricted.",
          ("Multiple myeloma, IgG kappa",), (("Cytogenetics (FISH)", "Hyperdiploid; no high-risk change"),
          ("Plasma cells", "45%")),
          ("VRd every three weeks, eight cycles (done).", "Lenalidomide, low dose, as long as it helps.", ("Zoledronic "
           "acid every three months."), "Myeloma proteins every month."),
          "his myeloma protein is almost gone and he has more energy than last year",
          (Phase("vrd", 8, 8, -64), Phase("len", 60, 9, -36)),
          (Operation("marrow-biopsy", -66, "Aspirate and core from the left hip."),),
          (Study("Low-dose whole body CT", -65, "Staging of myeloma", (("Several small lytic lesions in the spine and "
                 "the pelvis. An old compression of L1."),), ("Bone disease of multiple myeloma.",)),
           Study("Low-dose whole body CT", -12, "Follow-up of myeloma", (("The bone lesions are unchanged. No new "
                 "lesions."),), ("Stable bone disease.",))),
          (Marker("mspike", 3.4, 0.2, 6, -64), Marker("kappa", 412, 21, 5, -64)),
          "Lenalidomide maintenance for myeloma"),
)  # fmt: skip
