"""Visit notes and short notes, written from the actual counts and the actual treatment of the day.

Notes quote the numbers that the results hold, so that what the doctor wrote and what the laboratory
printed agree.
"""

from datetime import date, timedelta
from decimal import Decimal

from carespace.demo.cast import PHONE
from carespace.demo.generate.clock import in_words
from carespace.demo.generate.codes import ALLERGIES, COMORBIDITIES, HOME_MEDICINES
from carespace.demo.generate.labs import TESTS, bounds
from carespace.demo.generate.organisation import STAFF
from carespace.demo.generate.paper import Paper, heading, points, table, words
from carespace.demo.generate.people import Person
from carespace.demo.generate.results import Results
from carespace.demo.generate.story import Story
from carespace.demo.generate.timeline import Timeline, Visit
from carespace.demo.generate.treatment import treatment_name
from carespace.demo.generate.vitals import Vitals

FRESH_DAYS = 6
QUOTED = ("wbc", "anc", "hgb", "plt", "crea", "alt")
LOW_NEUTROPHILS = Decimal("1.00")
ECOG = "ECOG performance status 1: up and about, tires with heavy work."


def pronouns(person: Person) -> tuple[str, str]:
    """Return 'She' and 'her', or 'He' and 'his'."""
    return ("She", "her") if person.gender == "female" else ("He", "his")


def age_on(person: Person, day: date) -> int:
    """Return full years of age on a day."""
    born = person.birth_date
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def printed_range(key: str, gender: str) -> str:
    """Return a reference range as a note prints it."""
    low, high = bounds(key, gender)
    if low and high:
        return f"{low} to {high}"
    return f"up to {high}" if high else f"{low} or more" if low else "none"


def consultation(person: Person, story: Story, day: date) -> Paper:
    """Return the first visit's note: how the cancer was found, background, what was agreed."""
    she, her = pronouns(person)
    doctor = STAFF[person.doctor]
    illnesses = [COMORBIDITIES[key][2] for key in person.comorbidities] or ["None known"]
    allergies = [f"{ALLERGIES[key][1]}: {ALLERGIES[key][4].lower()}" for key in person.allergies]
    medicines = [f"{name}. {how}." for _, name, how in _home(person)]
    relative = person.relative
    company = (
        f"{relative.given} {relative.family}, {her} {relative.role_display}" if relative else ""
    )
    return Paper(
        "Consultation note",
        "First visit: oncology consultation",
        day,
        doctor,
        person,
        (
            heading("Why we met"),
            words(
                f"{person.title} is a {age_on(person, day)}-year-old "
                f"{'woman' if person.gender == 'female' else 'man'} seen for newly found "
                f"{story.plain_name}.",
                f"{she} came with {company}." if company else "",
            ),
            heading("How it was found"),
            words(story.found),
            heading("Health background"),
            points(*illnesses),
            heading("Medicines at home"),
            points(*(medicines or ["None"])),
            heading("Allergies"),
            points(*(allergies or ["No known allergies"])),
            heading("Diagnosis and stage"),
            points(*story.diagnosis_lines, f"{story.stage} ({story.tnm})"),
            heading("Assessment and plan"),
            words(
                f"We talked for about an hour about what the findings mean. The aim of treatment is to "
                f"{'cure the cancer' if story.aim == 'cure' else 'control the cancer and protect daily life'}.",
                ECOG,
            ),
            points(*story.plan_at_first),
            words(
                f"{person.title} asked good questions and agreed with the plan. {she} has the nurse "
                "line's number and knows that someone answers day and night."
            ),
        ),
    )


def _home(person: Person) -> list[tuple[str, str, str]]:
    return [HOME_MEDICINES[key] for key in person.home_medicines]


def visit_note(
    person: Person,
    story: Story,
    visit: Visit,
    timeline: Timeline,
    results: Results,
    vitals: Vitals,
    newest: bool,
) -> Paper:
    """Return the note of one office visit; `newest` adds how the patient is at present."""
    she, _ = pronouns(person)
    values = _fresh_values(results, visit.day)
    systolic, diastolic = vitals.pressure[visit.day]
    reason = treatment_name(visit.treatment) if visit.treatment else "follow-up"
    rows = tuple(
        (TESTS[key].name, f"{values[key]} {TESTS[key].unit}", printed_range(key, person.gender))
        for key in (*QUOTED, *(marker.test for marker in story.markers))
        if key in values
    )
    news = f"{person.title} is doing well overall: {story.now}." if newest else ""
    return Paper(
        "Progress note",
        "Visit note",
        visit.day,
        STAFF[person.doctor],
        person,
        (
            heading("Reason for visit"),
            words(f"{story.plain_name.capitalize()}, {story.stage}. Today: {reason}."),
            heading("Since the last visit"),
            words(news, _how_it_went(person, visit), _lowest_counts(visit, timeline, results)),
            heading("Examination"),
            words(
                f"Weight {vitals.weight[visit.day]} lb, blood pressure {systolic}/{diastolic} mmHg.",
                f"{she} looks comfortable. Lungs are clear, the heart is regular, the belly is soft.",
                "No new lumps and no swelling of the legs. The port site is clean."
                if any(item.kind == "port" for item in story.operations)
                else "No new lumps and no swelling of the legs.",
                ECOG,
            ),
            *(
                [heading("Blood tests"), table(("Test", "Result", "Usual range"), *rows)]
                if rows
                else []
            ),
            heading("Assessment and plan"),
            points(*_next_steps(person, story, visit, values)),
        ),
        more_facts=(("Visit", reason[0].upper() + reason[1:]),),
    )


def _fresh_values(results: Results, day: date) -> dict[str, Decimal]:
    values: dict[str, Decimal] = {}
    for drawn in sorted(results.values):
        if day - timedelta(days=FRESH_DAYS) <= drawn <= day:
            values |= results.values[drawn]
    return values


def _how_it_went(person: Person, visit: Visit) -> str:
    she, her = pronouns(person)
    if visit.treatment is None:
        return (
            f"{she} has no new complaints. Appetite and sleep are good and {her} weight is steady."
        )
    if visit.treatment.number == 1:
        return f"{she} has read the education sheets, and {her} questions were answered before we began."
    if not visit.treatment.regimen.lowers_counts:
        calm = (
            f"{she} takes the treatment well. Appetite and sleep are good. No fever, cough or rash.",
            f"{she} has been a little more tired in the afternoons but keeps up with daily life.",
            f"{she} walks most days and has no pain. Bowels are regular. No fever.",
        )
        return calm[visit.treatment.number % len(calm)]
    tellings = (
        f"{she} was tired for three days after the last treatment and then picked up. No fever.",
        f"{she} needed the nausea medicine twice and ate well from day four on. No fever, no mouth sores.",
        f"{she} walked most days. Sleep was poor for two nights after the steroid. No fever.",
        f"{she} had loose stools for one day, which settled with loperamide. No fever or chills.",
    )
    return tellings[visit.treatment.number % len(tellings)]


def _lowest_counts(visit: Visit, timeline: Timeline, results: Results) -> str:
    treatment = visit.treatment
    before = [item for item in timeline.treatments if item.day < visit.day]
    if treatment is None or not before or not before[-1].regimen.lowers_counts:
        return ""
    lows = {
        day: results.values[day]["anc"]
        for day in results.values
        if before[-1].day < day < visit.day - timedelta(days=2)
    }
    if not lows:
        return ""
    day = min(lows, key=lambda drawn: lows[drawn])
    today = _fresh_values(results, visit.day).get("anc")
    sentence = (
        f"At the mid-cycle check on {in_words(day)} the neutrophil count was {lows[day]} K/uL"
    )
    return f"{sentence}, as expected; it is {today} now." if today else f"{sentence}, as expected."


def _next_steps(
    person: Person, story: Story, visit: Visit, values: dict[str, Decimal]
) -> list[str]:
    steps = [_go_ahead(visit, values)]
    hemoglobin = values.get("hgb")
    if hemoglobin is not None and hemoglobin < Decimal(bounds("hgb", person.gender)[0] or "0"):
        steps.append(
            f"Hemoglobin {hemoglobin} g/dL. No transfusion is needed; we will check it again before the next visit."
        )
    chemotherapy = visit.treatment is not None and visit.treatment.regimen.lowers_counts
    if chemotherapy and "diabetes" in person.comorbidities:
        steps.append(
            "Sugar runs higher on steroid days. Check it at home twice a day on those days."
        )
    steps.append(
        "Call at once for a temperature of 100.4 °F (38 °C) or higher, chills, or bleeding."
    )
    if story.survivorship:
        steps.append("Keep up walking, yearly vaccines and visits with the family doctor.")
    return steps


def _go_ahead(visit: Visit, values: dict[str, Decimal]) -> str:
    """Return what is decided about the treatment of the day."""
    if visit.treatment is None:
        return "No treatment today. Next visit as planned."
    name = treatment_name(visit.treatment)
    if visit.treatment.regimen.oral:
        return f"Go on with {name[0].lower()}{name[1:]} at the same dose."
    neutrophils = values.get("anc")
    if neutrophils is None or neutrophils >= LOW_NEUTROPHILS:
        return f"The counts allow treatment. Go ahead with {name}."
    return "Neutrophils are low. Treatment goes ahead with close checks of temperature."


def phone_note(person: Person, day: date) -> Paper:
    """Return the nurse's note of a call about a side effect."""
    she, her = pronouns(person)
    return Paper(
        "Telephone note",
        "Nurse line call",
        day,
        STAFF["bennett"],
        person,
        (
            heading("Call"),
            words(
                f"{person.title} called at 10:40 in the morning. {she} has been constipated for three days and",
                f"asks whether {her} nausea medicine could be the cause.",
                f"{she} has no fever, no vomiting and no belly pain, and is passing gas.",
            ),
            heading("Advice"),
            points(
                "Ondansetron can slow the bowel. Use prochlorperazine instead for two days.",
                "Take a stool softener twice a day and drink six to eight glasses of water.",
                "Call again if there is no change by tomorrow evening, or at once for pain or vomiting.",
            ),
            words(f"{she} repeated the advice in {her} own words and was comfortable with it."),
        ),
    )


def after_visit_summary(person: Person, day: date, medicines: tuple[str, ...]) -> Paper:
    """Return what the patient takes home from a visit, short and plain; in Spanish where preferred."""
    if person.language == "es":
        return _after_visit_in_spanish(person, day, medicines)
    return Paper(
        "After-visit summary",
        "Your visit in short",
        day,
        STAFF["bennett"],
        person,
        (
            heading("What we did"),
            points("Checked your blood counts and your weight", "Talked about how you feel"),
            heading("Your cancer medicines from us"),
            points(*medicines),
            words("Keep taking your other medicines as before."),
            heading(f"Call us day or night at {PHONE} if"),
            points(
                "your temperature is 100.4 °F (38 °C) or higher",
                "you cannot keep liquids down for a day",
                "you are short of breath or have chest pain",
            ),
        ),
    )


def _after_visit_in_spanish(person: Person, day: date, medicines: tuple[str, ...]) -> Paper:
    return Paper(
        "After-visit summary",
        "Resumen de su visita",
        day,
        STAFF["bennett"],
        person,
        (
            heading("Qué hicimos"),
            points("Revisamos sus análisis de sangre y su peso", "Hablamos de cómo se siente"),
            heading("Sus medicamentos para el cáncer"),
            points(*medicines),
            words("Siga tomando sus otros medicamentos como antes."),
            heading(f"Llámenos de día o de noche al {PHONE} si"),
            points(
                "tiene fiebre de 38 °C (100.4 °F) o más",
                "no puede retener líquidos durante un día",
                "le falta el aire o le duele el pecho",
            ),
        ),
        language="es",
    )
