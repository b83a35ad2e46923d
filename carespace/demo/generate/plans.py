"""Papers about treatment: plan, education, consent, genetics, survivorship; and the two reports.

Written for a patient who reads them at the kitchen table: short sentences, what to expect, whom to
call. Pathology and imaging reports keep the form their departments give them.
"""

from datetime import date

from carespace.demo.cast import PHONE
from carespace.demo.generate.organisation import STAFF
from carespace.demo.generate.paper import (
    Paper,
    Piece,
    heading,
    points,
    signing_lines,
    table,
    words,
)
from carespace.demo.generate.people import Person
from carespace.demo.generate.regimens import REGIMENS, Regimen
from carespace.demo.generate.story import Story, Study
from carespace.demo.generate.treatment import GOALS

CALL_US = (
    "a temperature of 100.4 °F (38 °C) or higher, or shaking chills",
    "vomiting or loose stools that do not stop within a day",
    "shortness of breath, chest pain or a new rash",
    "bleeding that does not stop after ten minutes of pressure",
)
DAY_AND_NIGHT = f"We answer day and night: {PHONE}."


def pathology_report(person: Person, story: Story, day: date) -> Paper:
    """Return the pathologist's report."""
    return Paper(
        "Pathology report",
        "Surgical pathology report",
        day,
        STAFF["bhatt"],
        person,
        (
            heading("Specimen"),
            words(story.specimen),
            heading("Microscopic description"),
            words(story.microscopy),
            heading("Special studies"),
            table(("Study", "Result"), *story.biomarkers),
            heading("Diagnosis"),
            points(*story.diagnosis_lines),
            words(f"Stage: {story.tnm}."),
        ),
        more_facts=(("Case number", f"S{day:%y}-{person.mrn[-4:]}"),),
    )


def imaging_report(person: Person, study: Study, day: date) -> Paper:
    """Return the radiologist's report of one study."""
    return Paper(
        "Imaging report",
        study.name,
        day,
        STAFF["sorensen"],
        person,
        (
            heading("Reason for the study"),
            words(f"{study.reason}."),
            heading("Findings"),
            points(*study.findings),
            heading("Impression"),
            points(*study.impression),
        ),
        more_facts=(("Done at", "Northshore Imaging Center"),),
    )


def treatment_plan(person: Person, story: Story, day: date) -> Paper:
    """Return the treatment plan that the patient takes home."""
    pieces: list[Piece] = [
        heading("Your diagnosis"),
        words(f"{story.plain_name.capitalize()}, {story.stage} ({story.tnm})."),
        heading("The goal of treatment"),
        words(f"{GOALS[story.aim]}."),
        heading("The steps"),
        points(*story.plan_at_first),
        heading("Your medicines for the cancer"),
    ]
    regimens = [(REGIMENS[phase.regimen], phase.planned) for phase in story.phases]
    pieces.append(points(*(f"{item.name}: {_rhythm(item, count)}" for item, count in regimens)))
    pieces.append(
        table(
            ("Medicine", "Part of", "Dose", "How it is given"),
            *(
                (drug.name.capitalize(), item.name, drug.dose, drug.route)
                for item, _ in regimens
                for drug in item.drugs
            ),
        )
    )
    pieces += [
        heading("How we keep watch"),
        points(
            "Blood tests before each treatment, and in the middle of a cycle when counts run low",
            "A visit with your doctor or nurse practitioner at each treatment",
        ),
        heading("Who is on your team"),
        table(
            ("Name", "Role"),
            *(
                (STAFF[key].signature, STAFF[key].role)
                for key in (person.doctor, "okafor", "bennett", "zhang", "abrams")
            ),
        ),
        words(DAY_AND_NIGHT),
    ]
    return Paper(
        "Treatment plan", "Treatment plan", day, STAFF[person.doctor], person, tuple(pieces)
    )


def _rhythm(regimen: Regimen, planned: int) -> str:
    how_many = f"{planned} treatments" if planned <= 12 else "for as long as it helps"
    if regimen.oral:
        return "tablets every day, for as long as planned with your doctor."
    return f"every {regimen.interval_days // 7} weeks, {how_many}."


def education(person: Person, regimen: Regimen, day: date) -> Paper:
    """Return the education sheet for one regimen, in Spanish for those who prefer it."""
    if person.language == "es":
        return _education_in_spanish(person, regimen, day)
    names = ", ".join(drug.name for drug in regimen.drugs)
    length = f"{regimen.chair_minutes // 60} hours" if regimen.chair_minutes >= 120 else "one hour"
    visit = (
        "You take this medicine at home. Take it at the same time every day; if you miss a dose, "
        "skip it and go on the next day."
        if regimen.oral
        else f"Plan to be with us for about {length} on treatment days, a little longer the first time."
    )
    blood = (
        f"Your white blood cells will be lowest about {regimen.nadir_day} days after each treatment. In that "
        "week wash your hands often, stay away from people who are sick, and take your temperature "
        "once a day."
        if regimen.lowers_counts
        else "We check your blood regularly, although this treatment rarely lowers the counts."
    )
    return Paper(
        "Education sheet",
        f"About your treatment: {regimen.name}",
        day,
        STAFF["zhang"],
        person,
        (
            heading("What it is"),
            words(f"{regimen.name} is treatment with {names}.", visit),
            heading("What you may notice"),
            words("Most people have some of these, few have all of them. Each can be treated."),
            points(*regimen.effects),
            heading("Your blood counts"),
            words(blood),
            heading("What helps"),
            points(
                "Drink six to eight glasses of water a day unless told not to",
                "Eat small meals often; plain food is fine on the first days",
                "Walk a little every day, even when you are tired",
                "Ask us before you take herbs, vitamins or new medicines",
            ),
            heading("Call us at once for"),
            points(*CALL_US),
            words(DAY_AND_NIGHT),
        ),
    )


def _education_in_spanish(person: Person, regimen: Regimen, day: date) -> Paper:
    names = "oxaliplatino, leucovorina y fluorouracilo"
    return Paper(
        "Education sheet",
        f"Acerca de su tratamiento: {regimen.name}",
        day,
        STAFF["zhang"],
        person,
        (
            heading("Qué es"),
            words(
                f"{regimen.name} es un tratamiento con {names}.",
                "El día del tratamiento estará con nosotros unas tres horas y media, y se irá a casa con "
                "una bomba pequeña que lleva durante 46 horas.",
            ),
            heading("Qué puede notar"),
            words("Casi todas las personas notan algo de esto, pero pocas lo notan todo."),
            points(
                "Hormigueo en las manos, los pies o la garganta que empeora con el frío: no tome bebidas "
                "frías durante cinco días",
                "Cansancio, sobre todo la primera semana",
                "Náuseas; tome su medicina para las náuseas pronto, no espere",
                "Diarrea; beba más líquidos y llámenos si pasa de cuatro veces en un día",
                "Defensas bajas y más riesgo de infección unos siete días después del tratamiento",
            ),
            heading("Qué ayuda"),
            points(
                "Lávese las manos a menudo y evite a las personas enfermas",
                "Tómese la temperatura una vez al día",
                "Coma poco y varias veces al día",
                "Camine un poco todos los días",
            ),
            heading("Llámenos de inmediato si tiene"),
            points(
                "fiebre de 38 °C (100.4 °F) o más, o escalofríos",
                "vómitos o diarrea que no paran en un día",
                "falta de aire, dolor en el pecho o una erupción nueva",
            ),
            words(f"Contestamos de día y de noche: {PHONE}."),
        ),
        language="es",
    )


def consent(person: Person, regimen: Regimen, day: date) -> Paper:
    """Return the signed consent to treatment."""
    return Paper(
        "Consent",
        "Consent to treatment",
        day,
        STAFF[person.doctor],
        person,
        (
            words(
                f"My doctor has recommended {regimen.name}.",
                "We talked about why it is recommended, what it may do for me, what it may do to me, and what "
                "else I could choose, including no treatment.",
            ),
            heading("I understand that"),
            points(
                *(effect.split(";")[0] for effect in regimen.effects),
                "side effects can be serious and, rarely, can threaten life",
                "I may stop treatment at any time, and my care will go on",
                "some medicines can harm an unborn child; I will use birth control if it applies to me",
            ),
            heading("I agree"),
            words(
                "My questions were answered in words that I understand. I agree to this treatment, "
                "and to blood tests and medicines that make it safer."
            ),
            signing_lines(
                f"Signed on paper by {person.name}",
                "Date and time",
                "Witness",
                "Interpreter, if used",
            ),
        ),
    )


def genetic_counseling(person: Person, story: Story, day: date) -> Paper:
    """Return the genetic counselor's letter."""
    found = (
        "found a harmful change" in story.genetics or "harmful change was found" in story.genetics
    )
    return Paper(
        "Genetic counseling",
        "Genetic counseling letter",
        day,
        STAFF["fischer"],
        person,
        (
            words(f"Dear {person.title},"),
            words("thank you for coming to talk about your family and about genetic testing."),
            heading("Your result"),
            words(story.genetics),
            heading("What it means for you"),
            words(
                "This result may change which medicines and which checks we advise. Your oncologist knows "
                "it and has it in your plan."
                if found
                else "Your cancer is most likely not due to a single inherited gene. The checks that we advise "
                "for you stay as they are."
            ),
            heading("What it means for your family"),
            words(
                "Please share this letter with your brothers, sisters and grown children, so that they "
                "can decide about a test of their own. I am glad to talk with them."
                if found
                else "Close relatives should still tell their doctors about the cancers in the family, as "
                "their own checks may start earlier."
            ),
        ),
    )


def survivorship_plan(person: Person, story: Story, day: date) -> Paper:
    """Return the summary of treatment and the plan for the years after it."""
    rows = []
    for phase in story.phases:
        regimen = REGIMENS[phase.regimen]
        done = f"{phase.done} of {phase.planned}" if phase.planned <= 12 else "ongoing"
        rows.append((regimen.name, ", ".join(drug.name for drug in regimen.drugs), done))
    return Paper(
        "Survivorship plan",
        "Treatment summary and survivorship plan",
        day,
        STAFF["okafor"],
        person,
        (
            heading("What you were treated for"),
            words(f"{story.plain_name.capitalize()}, {story.stage} ({story.tnm})."),
            heading("What you received"),
            table(("Treatment", "Medicines", "Given"), *rows),
            heading("What comes next"),
            table(
                ("What", "How often", "With whom"),
                ("Visit and examination", "Every 3 to 6 months", STAFF[person.doctor].spoken),
                ("Blood tests", "At each visit", "Lakeside laboratory"),
                (
                    "Scans or mammogram",
                    "As your plan says, usually once a year",
                    "Northshore Imaging",
                ),
                ("Vaccines, blood pressure, sugar", "Every year", "Your family doctor"),
            ),
            heading("Tell us about"),
            points(
                "a new lump, a cough or a pain that lasts longer than two weeks",
                "weight loss without trying, fevers or night sweats",
                "tingling, memory trouble or tiredness that keeps you from what you like to do",
                "worry or low mood; Joel Abrams, our social worker, is there for you",
            ),
        ),
    )
