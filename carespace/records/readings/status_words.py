"""Our plain words for the statuses and other closed codes of FHIR resources, by type and element.

Promises: every code of the status elements of the US Core resources has a word of its own at grade 6, in the active
language; a code that FHIR does not know has none (https://hl7.org/fhir/R4/terminologies-valuesets.html). The words are
what stands beside "Status:", so they agree with no noun.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from carespace.records.readings.person_status_words import PERSON_WORDS

Words = dict[str, Promise]

WITHDRAWN = _("Withdrawn: entered in error")
_UNKNOWN = _("Not known")
_ERROR: Words = {"entered-in-error": WITHDRAWN}
# https://hl7.org/fhir/R4/valueset-request-status.html
_REQUEST: Words = {
    "draft": _("Not finished yet"),
    "active": _("Active"),
    "on-hold": _("On hold"),
    "revoked": _("Cancelled"),
    "completed": _("Finished"),
    "unknown": _UNKNOWN,
    **_ERROR,
}
# https://hl7.org/fhir/R4/valueset-request-intent.html
_INTENT: Words = {
    "proposal": _("Suggested"),
    "plan": _("Planned"),
    "directive": _("Asked for"),
    "order": _("Ordered"),
    "original-order": _("Ordered"),
    "reflex-order": _("Ordered because of another result"),
    "filler-order": _("Being done"),
    "instance-order": _("Ordered for one time"),
    "option": _("One of several choices"),
}
# https://hl7.org/fhir/R4/valueset-event-status.html
_EVENT: Words = {
    "preparation": _("Being prepared"),
    "in-progress": _("Under way"),
    "not-done": _("Not done"),
    "on-hold": _("On hold"),
    "stopped": _("Stopped"),
    "completed": _("Done"),
    "unknown": _UNKNOWN,
    **_ERROR,
}
_PRIORITY: Words = {
    "routine": pgettext_lazy("how soon", "Routine"),
    "urgent": pgettext_lazy("how soon", "Soon"),
    "asap": pgettext_lazy("how soon", "As soon as possible"),
    "stat": pgettext_lazy("how soon", "At once"),
}
# https://hl7.org/fhir/R4/valueset-observation-status.html, valueset-diagnostic-report-status.html
_RESULT: Words = {
    "registered": _("Not ready yet"),
    "partial": _("Some results are ready"),
    "preliminary": _("First result, may still change"),
    "final": pgettext_lazy("result", "Final"),
    "amended": _("Corrected"),
    "corrected": _("Corrected"),
    "appended": _("Final, with more added"),
    "cancelled": _("Cancelled"),
    "unknown": _UNKNOWN,
    **_ERROR,
}
_DOCUMENT: Words = {"current": _("Current"), "superseded": _("Replaced by a newer one"), **_ERROR}
_ACTIVE: Words = {
    "active": _("Active"),
    "inactive": _("No longer active"),
    "unknown": _UNKNOWN,
    **_ERROR,
}
_CERTAINTY: Words = {
    "unconfirmed": _("Not confirmed yet"),
    "provisional": _("Likely, not confirmed yet"),
    "differential": _("One of several possible causes"),
    "presumed": _("Likely"),
    "confirmed": _("Confirmed"),
    "refuted": _("Ruled out"),
    **_ERROR,
}
_SEVERITY: Words = {
    "mild": pgettext_lazy("how strong", "Mild"),
    "moderate": pgettext_lazy("how strong", "Moderate"),
    "severe": pgettext_lazy("how strong", "Severe"),
}
_CONDITION_CATEGORY: Words = {
    "problem-list-item": _("Health issue"),
    "encounter-diagnosis": _("Noted at a visit"),
    "health-concern": _("Health concern"),
    "sdoh": _("Daily life and living conditions"),
}
_TAKEN: Words = {
    "active": _("Taking it now"),
    "completed": _("Finished"),
    "intended": _("Planned"),
    "stopped": _("Stopped"),
    "on-hold": _("On hold"),
    "not-taken": _("Not taken"),
    "unknown": _UNKNOWN,
    **_ERROR,
}
_BOOKED: Words = {
    "proposed": _("Asked for, not booked yet"),
    "pending": _("Waiting to be confirmed"),
    "booked": _("Booked"),
    "arrived": _("Checked in"),
    "checked-in": _("Checked in"),
    "fulfilled": _("Took place"),
    "cancelled": pgettext_lazy("appointment", "Cancelled"),
    "noshow": pgettext_lazy("appointment", "Missed"),
    "waitlist": _("On the waiting list"),
    **_ERROR,
}
_VISIT: Words = {
    "planned": _("Planned"),
    "arrived": _("Checked in"),
    "triaged": _("Waiting to be seen"),
    "in-progress": _("Under way"),
    "onleave": _("Away for a while"),
    "finished": _("Took place"),
    "cancelled": _("Cancelled"),
    "unknown": _UNKNOWN,
    **_ERROR,
}
_GOAL: Words = {
    "proposed": _("Suggested"),
    "planned": _("Planned"),
    "accepted": _("Agreed on"),
    "active": _("Working on it"),
    "on-hold": _("On hold"),
    "completed": _("Finished"),
    "cancelled": _("Cancelled"),
    "rejected": _("Not wanted"),
    **_ERROR,
}
_ACHIEVED: Words = {
    "in-progress": _("Under way"),
    "improving": _("Getting better"),
    "worsening": _("Getting worse"),
    "no-change": _("No change"),
    "achieved": _("Reached"),
    "sustaining": _("Reached and kept up"),
    "not-achieved": _("Not reached"),
    "no-progress": _("No progress so far"),
    "not-attainable": _("Cannot be reached"),
}
_GOAL_PRIORITY: Words = {
    "high-priority": pgettext_lazy("importance", "High"),
    "medium-priority": pgettext_lazy("importance", "Medium"),
    "low-priority": pgettext_lazy("importance", "Low"),
}
_ACTIVITY: Words = {
    "not-started": _("Not started yet"),
    "scheduled": _("Booked"),
    "in-progress": _("Under way"),
    "on-hold": _("On hold"),
    "completed": _("Finished"),
    "cancelled": _("Cancelled"),
    "stopped": _("Stopped"),
    "unknown": _UNKNOWN,
    **_ERROR,
}
_FILLED: Words = {
    "preparation": _("Being prepared"),
    "in-progress": _("Ready to be picked up"),
    "cancelled": _("Cancelled"),
    "on-hold": _("On hold"),
    "completed": _("Picked up"),
    "stopped": _("Stopped"),
    "declined": _("Not given out"),
    "unknown": _UNKNOWN,
    **_ERROR,
}
_ANSWERS: Words = {
    "in-progress": _("Not finished yet"),
    "completed": _("Finished"),
    "amended": _("Changed later"),
    "stopped": _("Stopped before the end"),
    **_ERROR,
}
_PLANNED_KIND: Words = {
    "Appointment": pgettext_lazy("kind of step", "Appointment"),
    "CommunicationRequest": pgettext_lazy("kind of step", "Message or call"),
    "DeviceRequest": pgettext_lazy("kind of step", "Medical device"),
    "MedicationRequest": pgettext_lazy("kind of step", "Medicine"),
    "NutritionOrder": pgettext_lazy("kind of step", "Food and diet"),
    "RequestGroup": pgettext_lazy("kind of step", "Several steps together"),
    "ServiceRequest": pgettext_lazy("kind of step", "Test or treatment"),
    "Task": pgettext_lazy("kind of step", "Task"),
    "VisionPrescription": pgettext_lazy("kind of step", "Glasses or contact lenses"),
}
# What any other kind of resource may say in its status.
_ANY_STATUS: Words = {
    **_RESULT,
    **_EVENT,
    **_REQUEST,
    "accepted": _("Accepted"),
    "available": _("Ready"),
    "balanced": _("Paid"),
    "billable": _("To be billed"),
    "billed": _("Billed"),
    "current": _("Current"),
    "declined": _("Declined"),
    "ended": _("Ended"),
    "failed": _("Did not work"),
    "finished": _("Finished"),
    "generated": _("Made"),
    "inactive": _("No longer active"),
    "issued": _("Sent out"),
    "not-billable": _("Not billed"),
    "planned": _("Planned"),
    "proposed": _("Suggested"),
    "ready": _("Ready"),
    "received": _("Received"),
    "rejected": _("Declined"),
    "requested": _("Asked for"),
    "retired": _("No longer used"),
    "scheduled": _("Booked"),
    "superseded": _("Replaced by a newer one"),
    "suspended": _("On hold"),
    "waitlist": _("On the waiting list"),
}
_DISPLAYED_LEVEL: Words = {
    "low": _("Low risk of a serious reaction"),
    "high": _("High risk of a serious reaction"),
    "unable-to-assess": _("Risk not known"),
}

STATUS_WORDS: dict[tuple[str, str], Words] = {
    ("AllergyIntolerance", "clinicalStatus"): {
        "active": _("Active"),
        "inactive": _("No longer active"),
        "resolved": _("Over"),
    },
    ("AllergyIntolerance", "verificationStatus"): _CERTAINTY,
    ("AllergyIntolerance", "criticality"): _DISPLAYED_LEVEL,
    ("AllergyIntolerance", "type"): {
        "allergy": _("Allergy"),
        "intolerance": _("Intolerance, not an allergy"),
    },
    ("AllergyIntolerance", "category"): {
        "food": _("Food"),
        "medication": pgettext_lazy("allergy", "Medicine"),
        "environment": _("Something around you, such as pollen or dust"),
        "biologic": _("Made from living things, such as a vaccine"),
    },
    ("AllergyIntolerance", "reaction.severity"): _SEVERITY,
    ("AllergyIntolerance", "severity"): _SEVERITY,
    ("Condition", "clinicalStatus"): {
        "active": _("Active"),
        "recurrence": _("Came back"),
        "relapse": _("Came back"),
        "inactive": _("No longer active"),
        "remission": _("In remission"),
        "resolved": _("Over"),
    },
    ("Condition", "verificationStatus"): _CERTAINTY,
    ("Condition", "category"): _CONDITION_CATEGORY,
    ("MedicationRequest", "status"): {
        **_REQUEST,
        "cancelled": _("Cancelled"),
        "completed": _("Finished"),
        "stopped": _("Stopped"),
    },
    ("MedicationRequest", "intent"): _INTENT,
    ("MedicationRequest", "priority"): _PRIORITY,
    ("MedicationStatement", "status"): _TAKEN,
    ("MedicationDispense", "status"): _FILLED,
    ("MedicationAdministration", "status"): {
        **_EVENT,
        "completed": pgettext_lazy("medicine", "Given"),
        "not-done": pgettext_lazy("medicine", "Not given"),
    },
    ("Medication", "status"): _ACTIVE,
    ("Immunization", "status"): {
        "completed": pgettext_lazy("vaccine", "Given"),
        "not-done": pgettext_lazy("vaccine", "Not given"),
        **_ERROR,
    },
    ("Procedure", "status"): _EVENT,
    ("Observation", "status"): _RESULT,
    ("DiagnosticReport", "status"): _RESULT,
    ("DocumentReference", "status"): _DOCUMENT,
    ("DocumentReference", "docStatus"): _RESULT,
    ("Composition", "status"): _RESULT,
    ("CarePlan", "status"): _REQUEST,
    ("CarePlan", "intent"): _INTENT,
    ("CarePlan", "activity.status"): _ACTIVITY,
    ("CarePlan", "activity.detail.status"): _ACTIVITY,
    ("CareTeam", "status"): {
        "proposed": _("Suggested"),
        "active": _("Active"),
        "suspended": _("On hold"),
        "inactive": _("No longer active"),
        **_ERROR,
    },
    ("Goal", "lifecycleStatus"): _GOAL,
    ("Goal", "achievementStatus"): _ACHIEVED,
    ("Goal", "priority"): _GOAL_PRIORITY,
    ("ServiceRequest", "status"): _REQUEST,
    ("ServiceRequest", "intent"): _INTENT,
    ("ServiceRequest", "priority"): _PRIORITY,
    ("Encounter", "status"): _VISIT,
    ("Appointment", "status"): _BOOKED,
    ("Coverage", "status"): {
        "active": _("Active"),
        "cancelled": _("Ended"),
        "draft": _("Not finished yet"),
        **_ERROR,
    },
    ("Device", "status"): _ACTIVE,
    ("Specimen", "status"): {
        "available": _("At the laboratory"),
        "unavailable": _("Not at the laboratory"),
        "unsatisfactory": _("The sample could not be used"),
        **_ERROR,
    },
    ("QuestionnaireResponse", "status"): _ANSWERS,
    ("FamilyMemberHistory", "status"): {
        "partial": _("Not complete"),
        "completed": _("Complete"),
        "health-unknown": _("Health not known"),
        **_ERROR,
    },
    ("ImagingStudy", "status"): {
        "registered": _("Not ready yet"),
        "available": _("Ready"),
        "cancelled": _("Cancelled"),
        "unknown": _UNKNOWN,
        **_ERROR,
    },
    ("Communication", "status"): _EVENT,
    ("Consent", "status"): {
        "draft": _("Not finished yet"),
        "proposed": _("Suggested"),
        "active": _("Active"),
        "rejected": _("Not given"),
        "inactive": _("No longer active"),
        **_ERROR,
    },
    **PERSON_WORDS,
}
STATUS_WORDS[("CarePlan", "activity.detail.kind")] = _PLANNED_KIND
STATUS_WORDS[("CarePlan", "activity.reference")] = _PLANNED_KIND
STATUS_WORDS[("ExplanationOfBenefit", "outcome")] = {
    "queued": _("Waiting to be worked on"),
    "complete": _("Complete"),
    "error": _("Could not be worked on"),
    "partial": _("Done in part"),
}


def status_word(resource_type: str, element: str, code: str | None) -> str:
    """Return our word for a code such as ("AllergyIntolerance", "clinicalStatus", "active"); empty if unknown."""
    known = STATUS_WORDS.get((resource_type, element), _ANY_STATUS if element == "status" else {})
    found = known.get(code or "")
    return str(found) if found is not None else ""
