"""What each column holds, by what it would tell a stranger: the inventory of health information.

Promises: every field of every model of ours is in exactly one class (a guard compares); ``docs/reference/phi.md`` is
written from this table. The classes follow 45 CFR 160.103 and 164.514(b)(2): health information itself, what points to a
person, what opens something, and the rest.
"""

from collections.abc import Mapping
from typing import Literal, get_args

Kind = Literal["phi", "identifier", "secret", "plain"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MEANING: Mapping[Kind, str] = {
    "phi": "Health information, or words that may hold it",
    "identifier": "Points to a person: a name, an address, a number, a birth date, an id of the record",
    "secret": "Opens something, or proves who somebody is",
    "plain": "Tells nothing about a person by itself",
}

Fields = Mapping[Kind, str]
INVENTORY: Mapping[str, Fields] = {
    "access.Grant": {
        "identifier": "id user patient granted_by revoked_by revoked_by_name",
        "phi": "basis reason",
        "plain": "practice kind scope starts_at ends_at revoked_at",
    },
    "access.Invitation": {
        "identifier": "id patient email birth_date created_by accepted_by",
        "secret": "token_hash",
        "plain": "practice kind state wrong_birth_dates created_at sent_at expires_at accepted_at"
        " origin basis access_ends_at asked_again_at",
    },
    "access.StaffVisit": {
        "identifier": "id patient user",
        "phi": "reason",
        "plain": "practice started_at ends_at",
    },
    "accounts.Draft": {"identifier": "id user place", "phi": "fields", "plain": "saved_at"},
    "accounts.SignIn": {
        "identifier": "id user",
        "secret": "session_row",
        "plain": "device_text started_at last_seen_at",
    },
    "accounts.Throttle": {"secret": "key", "plain": "count window_ends_at blocked_until"},
    "accounts.User": {
        "identifier": "id email name birth_date",
        "secret": "password",
        "plain": "last_login is_active created_at language shows_news_at_once",
    },
    "audit.AuditEvent": {
        "identifier": "id actor_id actor_name patient_id entity_id",
        "phi": "action category entity reason detail recorded_at",
        "plain": "outcome actor_kind practice_id",
    },
    "audit.AuditSeal": {"identifier": "event_id", "plain": "position chain sealed_at"},
    "files.Blob": {
        "identifier": "id patient owner_id sha256",
        "phi": "inline",
        "secret": "wrapped_key",
        "plain": "practice size_bytes created_at",
    },
    "interop.Delivery": {
        "identifier": "id name sha256 blob",
        "plain": "practice feed state counts received_at done_at",
    },
    "interop.QuarantinedEntry": {
        "identifier": "id source_key resource_id waits_for",
        "phi": "resource_type reason content",
        "plain": "practice delivery feed position code state created_at settled_at",
    },
    "messaging.Communication": {
        "identifier": "id patient thread sender sender_name on_behalf_of",
        "phi": "body",
        "plain": "practice sent_at from_practice",
    },
    "messaging.Thread": {
        "identifier": "id patient about_id phone opened_by opened_by_name closed_by closed_by_name",
        "phi": "subject about_at wish outcome",
        "plain": "practice category form_id opened_at state closed_at",
    },
    "outbox.OutboxMessage": {
        "identifier": "id to_address context dedupe_key",
        "plain": "practice_id template state queued_at sent_at attempts last_error",
    },
    "patients.Patient": {
        "identifier": "id family_name given_names display_name search_name birth_date_text birth_date"
        " merged_into email",
        "phi": "gender deceased",
        "plain": "practice created_at language",
    },
    "patients.PatientIdentifier": {
        "identifier": "id patient system value",
        "plain": "practice kind",
    },
    "practices.Practice": {
        "plain": "id slug name tagline phone hours time_zone preset overrides hosts created_at"
        " sender_email terms_version",
    },
    "practices.StaffMembership": {
        "identifier": "id user",
        "plain": "practice role started_at ended_at",
    },
    "practices.StaffOffer": {
        "identifier": "id email name created_by",
        "plain": "practice role created_at answer answered_at",
    },
    "practices.Terms": {"plain": "id practice version text published_at"},
    "practices.TermsAcceptance": {
        "identifier": "id user",
        "plain": "practice version accepted_at",
    },
    "records.Look": {
        "identifier": "id patient user",
        "phi": "page",
        "plain": "practice seen_at since",
    },
    "records.Resource": {
        "identifier": "id patient source_key",
        "phi": "resource_type content content_hash status categories codes topic effective_start"
        " effective_end held_reason",
        "plain": "practice feed version last_updated received_at released_at held_at retracted_at"
        " delivery_id",
    },
    "records.ResourceVersion": {
        "identifier": "id patient resource",
        "phi": "content content_hash",
        "plain": "practice version received_at delivery_id",
    },
    "sharing.CalendarFeed": {
        "identifier": "id patient user",
        "secret": "token_hash",
        "plain": "practice with_words created_at ended_at last_fetched_at",
    },
}


def kinds_of(fields: Fields) -> dict[str, list[Kind]]:
    """Return the classes each field of one model was put into; more than one is a fault."""
    found: dict[str, list[Kind]] = {}
    for kind in KINDS:
        for name in fields.get(kind, "").split():
            found.setdefault(name, []).append(kind)
    return found
