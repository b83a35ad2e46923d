"""The illnesses of the patients with breast, lung and bowel cancer. All of it is invented."""

from carespace.demo.generate.story import Marker, Operation, Phase, Story, Study

CT = "CT of the chest, abdomen and pelvis with contrast"


def port(week: int) -> Operation:
    """Return the placement of a port in that week; its report is the same for everybody."""
    return Operation("port", week, "Port placed under the skin of the upper chest under light sedation. The tip "
                     "lies at the right atrium. It draws and flushes well and may be used at once.")  # fmt: skip


SOLID = (
    Story("LCA-100001", "breast", "breast cancer", "Stage IIB", "pT2 pN1a cM0", -22, -100, 4, "cure",
          "She felt a firm lump in the upper outer part of the right breast while showering. A diagnostic mammogram "
          "and ultrasound showed a 2.4 cm mass, and a needle biopsy was taken the same week. She was already known "
          "to us for low iron, which had been treated and had settled.",
          "Right breast, upper outer quadrant: lumpectomy; right axilla: two sentinel lymph nodes.",
          "Invasive ductal carcinoma, Nottingham grade 2, 2.4 cm. Ductal carcinoma in situ is present at the edge of "
          "the tumor. All margins are free of tumor; the closest is 4 mm. One of two sentinel nodes holds a 6 mm "
          "deposit without growth beyond the capsule.",
          ("Invasive ductal carcinoma of the right breast, grade 2, 2.4 cm", "Margins free of tumor",
           "One of two sentinel lymph nodes involved (pN1a)"),
          (("Estrogen receptor", "Positive, 95% of cells, strong"), ("Progesterone receptor", "Positive, 70% of cells"),
           ("HER2", "Negative (IHC 1+)"), ("Ki-67", "24%"), ("Genomic recurrence score", "31")),
          ("Lumpectomy and sentinel node biopsy (done).", ("Chemotherapy after surgery: AC every two weeks four times, "
           "then paclitaxel every two weeks four times, eight treatments in all, with a growth factor after each."),
           ("Radiation to the breast and the lymph nodes, five weeks, to begin about four weeks after the last "
           "chemotherapy."), "Letrozole once a day for at least five years, to begin after radiation."),
          "six of her eight chemotherapy treatments are behind her and the seventh comes next",
          (Phase("ac", 4, 4, -12), Phase("t", 4, 2, -4)),
          (Operation("breast-biopsy", -22, "Three cores taken from the right breast under ultrasound. A clip marks "
                     "the place."), Operation("lumpectomy", -18, "Wide excision of the right breast mass. No "
                     "complications; she went home the same day."), Operation("sentinel", -18, "Two sentinel nodes "
                     "found with blue dye and tracer and removed."), port(-13)),
          (Study("Diagnostic mammogram and ultrasound, right breast", -23, "Lump felt in the right breast",
                 (("An irregular 2.4 cm mass with spiculated margins lies at the 10 o'clock position, 6 cm from the "
                  "nipple."), "One right axillary lymph node has a thickened cortex of 4 mm.", ("The left breast is "
                  "unremarkable.")), ("Highly suggestive of malignancy (BI-RADS 5). Biopsy is advised.",)),
           Study(CT, -16, "Staging of breast cancer", (("No nodules in the lungs. The heart and great vessels are "
                 "normal."), "A 1.1 cm simple cyst in the left kidney. Liver, spleen and adrenal glands are normal.",
                 "Healing changes after surgery in the right breast. No bone lesions."),
                 ("No evidence of spread to other organs.",)),
           Study("Echocardiogram", -14, "Before treatment with doxorubicin", (("Normal size of all chambers. Left "
                 "ventricular ejection fraction 62%."), "No significant valve disease."), ("Normal heart function.",))),
          (Marker("ca153", 41, 19, 4, -18),), "Dose-dense AC-T after lumpectomy; treatment 7 of 8 is next",
          genetics="A panel of 36 genes, among them BRCA1, BRCA2, PALB2, CHEK2 and ATM, found no harmful change."),
    Story("LCA-100002", "breast-left", "breast cancer", "Stage IIIA", "cT3 cN1 cM0", -66, -70, 5, "cure",
          "A routine mammogram showed a 5.6 cm area of distortion in the left breast and two enlarged lymph nodes "
          "under the arm. She had not noticed a lump.",
          "Left breast: core needle biopsy. Left axilla: core needle biopsy of one lymph node.",
          "Invasive ductal carcinoma, Nottingham grade 3, in all four cores. The lymph node core holds metastatic "
          "carcinoma of the same kind.",
          ("Invasive ductal carcinoma of the left breast, grade 3", "Metastatic carcinoma in a left axillary node"),
          (("Estrogen receptor", "Negative (0%)"), ("Progesterone receptor", "Negative (0%)"),
           ("HER2", "Positive (IHC 3+)"), ("Ki-67", "45%")),
          ("TCHP every three weeks six times before surgery (done).", ("Mastectomy with removal of lymph nodes (done; "
           "no living tumor was left)."), "Radiation to the chest wall (done).", ("Trastuzumab and pertuzumab every "
           "three weeks to complete one year, with a heart scan every three months.")),
          "she is finishing a year of antibody treatment after a complete response to TCHP",
          (Phase("tchp", 6, 6, -62), Phase("hp", 12, 10, -30)),
          (Operation("breast-biopsy", -66, "Four cores of the left breast and one of the left axilla."), port(-63),
           Operation("mastectomy", -38, "Left mastectomy with removal of 11 lymph nodes; none held tumor."),
           Operation("radiation", -34, "50 Gy in 25 treatments to the left chest wall and lymph nodes.")),
          (Study(CT, -64, "Staging of breast cancer", (("Left breast mass of 5.4 cm and two enlarged left axillary "
                 "nodes."), "No lung, liver or bone lesions."), ("Disease limited to the left breast and axilla.",)),
           Study("Echocardiogram", -7, "Heart function during trastuzumab", (("Left ventricular ejection fraction "
                 "60%, unchanged from 61%."),), ("Normal heart function. Treatment may continue.",))),
          (Marker("ca153", 68, 21, 4, -62),), "HER2-positive; maintenance 11 of 12 is next",
          genetics="A panel of 36 genes found no harmful change. One variant of unknown meaning in ATM needs no action."),
    Story("LCA-100015", "breast-left", "breast cancer", "Stage IIB", "cT2 cN1 cM0", -22, -24, 6, "cure",
          "She noticed a quickly growing lump in the left breast. Ultrasound showed a 3.1 cm mass and one abnormal "
          "lymph node.", "Left breast: core needle biopsy.",
          "Invasive carcinoma of no special type, Nottingham grade 3, with brisk lymphocytes around the tumor.",
          ("Invasive carcinoma of the left breast, grade 3, triple negative",),
          (("Estrogen receptor", "Negative (0%)"), ("Progesterone receptor", "Negative (0%)"),
           ("HER2", "Negative (IHC 0)"), ("Ki-67", "70%")),
          ("Carboplatin, paclitaxel and pembrolizumab every three weeks four times (done).", ("AC and pembrolizumab "
           "every three weeks four times."), "Surgery about four weeks after the last treatment.", ("Radiation, and "
           "pembrolizumab to complete one year.")),
          "the lump can no longer be felt and she is in the second half of treatment before surgery",
          (Phase("kct", 4, 4, -18), Phase("kac", 4, 2, -6)),
          (Operation("breast-biopsy", -22, "Three cores of the left breast; a clip marks the place."), port(-19)),
          (Study("MRI of both breasts", -20, "Extent of cancer before treatment", (("A 3.3 cm enhancing mass in the "
                 "left breast at 2 o'clock and one 1.6 cm axillary node."), ("No other suspicious area in either "
                 "breast.")), ("Single left breast cancer with one abnormal node.",)),
           Study("Ultrasound of the left breast", -7, "Response halfway through treatment", (("The mass now measures "
                 "0.9 cm (was 3.1 cm). The lymph node looks normal."),), ("Very good partial response.",))),
          (Marker("ca153", 33, 17, 4, -18),), "Triple-negative; treatment 7 of 8 before surgery is next",
          genetics="A panel of 36 genes found a harmful change in PALB2. Her sisters and children can be tested."),
    Story("LCA-100003", "lung", "lung cancer", "Stage IVA", "cT2a cN2 cM1b", -52, -56, 3, "control",
          "A cough that stayed for three months led to a chest X-ray and then a CT scan, which showed a mass in the "
          "right lung and one spot in the left adrenal gland.", "Right upper lobe of the lung: CT-guided core biopsy.",
          "Adenocarcinoma with acinar and solid growth. TTF-1 and Napsin A are positive, p40 is negative.",
          ("Adenocarcinoma of the lung",), (("PD-L1 (tumor proportion score)", "55%"), ("EGFR", "No change found"),
           ("ALK, ROS1, RET", "No rearrangement"), ("KRAS", "G12D")),
          ("Carboplatin, pemetrexed and pembrolizumab every three weeks four times (done).", ("Pemetrexed and "
           "pembrolizumab every three weeks for up to two years, as long as they help."), ("CT scans every nine to "
           "twelve weeks."), "Folic acid every day and vitamin B12 every nine weeks."),
          "the scans have been steady since the spring and she walks a mile most days",
          (Phase("cpp", 4, 4, -48), Phase("pp", 24, 12, -36)),
          (Operation("lung-biopsy", -52, "Four cores from the right upper lobe. A small pneumothorax closed by "
                     "itself."), port(-49)),
          (Study(CT, -50, "Staging of lung cancer", (("A 3.8 cm mass in the right upper lobe and enlarged lymph nodes "
                 "beside the windpipe."), "A 2.1 cm nodule in the left adrenal gland."), (("Primary lung cancer with "
                 "one adrenal metastasis."),)),
           Study(CT, -4, "Follow-up during maintenance treatment", (("The right upper lobe mass measures 1.9 cm (was "
                 "2.0 cm). The lymph nodes remain small."), "The left adrenal nodule measures 0.9 cm, unchanged."),
                 ("Stable disease. No new lesions.",))),
          (Marker("cea", 18.4, 3.1, 5, -48),), "Stage IV lung cancer, steady on maintenance"),
    Story("LCA-100005", "small-cell", "lung cancer", "Extensive stage", "cT4 cN2 cM1c", -33, -34, 2, "control",
          "He came to the emergency room with shortness of breath and swelling of the face. A CT scan showed a large "
          "mass pressing on the vein that drains the head.", "Station 7 lymph node: needle biopsy by bronchoscopy.",
          "Small cell carcinoma. Synaptophysin and chromogranin are positive; Ki-67 is 90%.",
          ("Small cell carcinoma of the lung",), (("Synaptophysin", "Positive"), ("Ki-67", "90%")),
          ("Carboplatin, etoposide and atezolizumab every three weeks four times (done).", ("Atezolizumab every three "
           "weeks as long as it helps."), "MRI of the brain every three months."),
          "breathing is easy again and he is back in his workshop",
          (Phase("cea", 4, 4, -30), Phase("atezo", 18, 6, -18)),
          (Operation("bronchoscopy", -33, "Three passes from the subcarinal lymph node. No bleeding."), port(-30)),
          (Study(CT, -32, "Staging of lung cancer", (("A 7.4 cm mass in the left lower lobe with bulky central lymph "
                 "nodes."), "Three liver lesions, the largest 2.2 cm."), ("Extensive-stage lung cancer.",)),
           Study(CT, -3, "Follow-up during atezolizumab", ("The mass measures 2.6 cm (was 7.4 cm).", ("The liver "
                 "lesions are no longer seen.")), ("Continued partial response.",))),
          (Marker("ldh", 612, 198, 2, -30),), "Small cell lung cancer; atezolizumab maintenance"),
    Story("LCA-100006", "lung", "lung cancer", "Stage IVB", "cT3 cN2 cM1c", -90, -92, 5, "control",
          "He had never smoked. Back pain that did not settle led to a scan, which showed a lung mass and several "
          "spots in the bones.", "Right upper lobe of the lung: CT-guided core biopsy.",
          "Adenocarcinoma, mostly lepidic and acinar. TTF-1 is positive.", ("Adenocarcinoma of the lung",),
          (("EGFR", "Exon 19 deletion"), ("PD-L1 (tumor proportion score)", "5%"), ("ALK, ROS1", "No rearrangement")),
          ("Osimertinib, one tablet every day.", "CT scan every three months and MRI of the brain twice a year.",
           "Zoledronic acid every three months to protect the bones."),
          "he takes his tablet every evening, has a mild rash and works part time",
          (Phase("osi", 40, 14, -84),), (Operation("lung-biopsy", -90, "Three cores from the right upper lobe."),),
          (Study(CT, -88, "Staging of lung cancer", ("A 5.1 cm mass in the right upper lobe.", ("Lytic lesions in the "
                 "T9 vertebra and the left iliac bone.")), ("Primary lung cancer with bone metastases.",)),
           Study(CT, -6, "Follow-up on osimertinib", ("The mass measures 1.7 cm, unchanged for a year.", ("The bone "
                 "lesions have healed edges.")), ("Stable disease.",))),
          (Marker("cea", 42.7, 2.6, 6, -84),), "EGFR lung cancer; osimertinib every day"),
    Story("LCA-100007", "colon", "colon cancer", "Stage IIIB", "pT3 pN1b cM0", -26, -28, 2, "cure",
          "A low blood count found at his yearly checkup led to a colonoscopy, which showed a tumor in the right side "
          "of the colon.", "Right colon: partial colectomy with 22 lymph nodes.",
          "Moderately differentiated adenocarcinoma, 4.3 cm, growing through the muscle layer into the fat. Margins "
          "are free. Three of 22 lymph nodes hold tumor.",
          ("Adenocarcinoma of the ascending colon, 4.3 cm", "Three of 22 lymph nodes involved (pN1b)",
           "Margins free of tumor"), (("Mismatch repair proteins", "Intact"), ("KRAS, NRAS", "No change found"),
           ("BRAF", "No change found")),
          ("Partial colectomy (done).", "mFOLFOX6 every two weeks, twelve treatments.", ("Colonoscopy one year after "
           "surgery."), "CEA every three months and a CT scan every year for five years."),
          "eight of twelve treatments are done; the tingling in his fingers is mild and goes away between treatments",
          (Phase("folfox", 12, 8, -16),),
          (Operation("colonoscopy", -26, "A tumor that takes up half of the bowel in the ascending colon; biopsies "
                     "taken."), Operation("colectomy", -23, "Laparoscopic removal of the right colon. He went home on "
                     "day 4."), port(-18)),
          (Study(CT, -25, "Staging of colon cancer", (("Thickened wall of the ascending colon over 4 cm with small "
                 "lymph nodes nearby."), "Liver and lungs are clear."), ("No evidence of distant spread.",)),
           Study(CT, -8, "Halfway through chemotherapy", ("Expected changes after removal of the right colon.", ("No "
                 "new lesions.")), ("No evidence of disease.",))),
          (Marker("cea", 9.2, 2.1, 3, -23),), "mFOLFOX6 after surgery; treatment 9 of 12 is next; speaks Spanish"),
    Story("LCA-100008", "sigmoid", "colon cancer", "Stage IVA", "cT3 cN1 cM1a", -76, -80, 6, "control",
          "He lost weight and had cramps after meals. A colonoscopy found a tumor in the sigmoid colon, and a CT scan "
          "showed spots in the liver.", "Liver, segment 6: core needle biopsy.",
          "Metastatic adenocarcinoma. CDX2 and CK20 are positive, in keeping with a primary in the colon.",
          ("Metastatic adenocarcinoma from the colon in the liver",), (("Mismatch repair proteins", "Intact"),
           ("KRAS", "G12V"), ("BRAF", "No change found")),
          ("mFOLFOX6, eight treatments (done), then a planned rest.", ("FOLFIRI with bevacizumab every two weeks since "
           "the liver spots grew."), "CT scan every two to three months.", "Blood pressure at each visit."),
          "the liver spots are shrinking again and his appetite is back",
          (Phase("folfox", 8, 8, -72), Phase("folfiri", 12, 10, -20)),
          (Operation("colonoscopy", -76, "A tumor of the sigmoid colon, not blocking; biopsies taken."),
           Operation("liver-biopsy", -75, "Two cores from segment 6 of the liver."), port(-73)),
          (Study(CT, -22, "Rising CEA", ("The largest liver lesion measures 4.4 cm (was 2.9 cm).", ("No new organs "
                 "involved.")), ("Progression in the liver.",)),
           Study(CT, -5, "Response to FOLFIRI and bevacizumab", (("The largest liver lesion measures 2.7 cm (was "
                 "4.4 cm)."),), ("Partial response.",))),
          (Marker("cea", 86.5, 6.4, 5, -72, rises_from=-50), ), "Stage IV colon cancer; FOLFIRI and bevacizumab"),
    Story("LCA-100004", "breast", "breast cancer", "Stage IIA", "pT2 pN0 cM0", -104, -104, 11, "cure",
          "A screening mammogram showed a new 2.1 cm mass in the right breast.", "Right breast: lumpectomy; right "
          "axilla: three sentinel lymph nodes.", "Invasive lobular carcinoma, grade 2, 2.1 cm. Margins are free. "
          "Three sentinel nodes are free of tumor.",
          ("Invasive lobular carcinoma of the right breast, grade 2", "Sentinel nodes free of tumor (0 of 3)"),
          (("Estrogen receptor", "Positive, 90%"), ("Progesterone receptor", "Positive, 40%"),
           ("HER2", "Negative (IHC 0)"), ("Genomic recurrence score", "29")),
          ("Lumpectomy (done).", "TC every three weeks four times (done).", "Radiation to the breast (done).",
           "Letrozole for five years or more.", "Mammogram every year; visit every six months."),
          "her mammogram is clear, she has her energy back and she takes letrozole every day",
          (Phase("tc", 4, 4, -96), Phase("letrozole", 20, 6, -72)),
          (Operation("lumpectomy", -101, "Wide excision of the right breast mass."), Operation("sentinel", -101,
           "Three sentinel nodes removed."), Operation("radiation", -82, "40 Gy in 15 treatments, right breast.")),
          (Study("Screening mammogram, both breasts", -52, "One year after treatment", (
                 "Scar in the right breast. No mass.",), ("Benign finding (BI-RADS 2).",)),
           Study("Bone density scan", -30, "Taking letrozole", ("T-score -1.4 at the hip and -1.1 at the spine.",),
                 ("Thin bones (osteopenia). Calcium, vitamin D and walking are advised.",)),
           Study("Screening mammogram, both breasts", -3, "Yearly mammogram", (("Stable scar in the right breast. No "
                 "new mass."),), ("Benign finding (BI-RADS 2). Next mammogram in one year.",))),
          (Marker("ca153", 29, 16, 4, -101),), "In survivorship follow-up, taking letrozole", survivorship=True),
)  # fmt: skip
