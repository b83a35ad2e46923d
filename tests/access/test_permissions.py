"""Permissions, kinds, roles and states are whole: nothing is held by nobody, nothing unknown holds anything."""

import pytest

from carespace.access.permissions import (
    BY_GRANT_KIND,
    BY_STAFF_ROLE,
    IN_WORDS,
    READING,
    Permission,
    of_grant,
    of_staff,
)
from carespace.access.states import (
    TRANSITIONS,
    GrantKind,
    InvitationState,
    TransitionRefused,
    check_transition,
)
from carespace.practices.models import StaffRole


def test_every_permission_is_held_by_someone() -> None:
    held = set().union(*BY_GRANT_KIND.values(), *BY_STAFF_ROLE.values())
    assert held == set(Permission)


def test_every_permission_is_told_in_plain_words() -> None:
    assert set(IN_WORDS) == set(Permission)
    assert len(set(IN_WORDS.values())) == len(Permission)


def test_every_kind_and_every_role_is_placed() -> None:
    assert set(BY_GRANT_KIND) == {str(kind) for kind in GrantKind}
    assert set(BY_STAFF_ROLE) == {str(role) for role in StaffRole}


@pytest.mark.parametrize("unknown", ["", "SELF", "self ", "owner", "admin", "superuser"])
def test_an_unknown_kind_or_role_holds_nothing(unknown: str) -> None:
    assert of_grant(unknown) == frozenset()
    assert of_staff(unknown) == frozenset()


def test_no_staff_role_reads_a_record_by_itself() -> None:
    for role, held in BY_STAFF_ROLE.items():
        assert not held & READING, role


def test_family_may_do_all_the_patient_can_but_manage_users() -> None:
    assert of_grant("self") - of_grant("family") == {Permission.USERS_MANAGE}


def test_every_state_has_its_row_and_every_step_leads_to_a_state() -> None:
    assert set(TRANSITIONS) == set(InvitationState)
    assert set().union(*TRANSITIONS.values()) <= set(InvitationState)


def test_every_state_can_be_reached() -> None:
    reached: set[str] = {InvitationState.QUEUED}
    for _ in InvitationState:
        reached |= {after for each in reached for after in TRANSITIONS[each]}
    assert reached == set(InvitationState)


@pytest.mark.parametrize("state", InvitationState)
@pytest.mark.parametrize("wanted", InvitationState)
def test_only_the_steps_of_the_table_are_taken(state: str, wanted: str) -> None:
    if wanted in TRANSITIONS[state]:
        check_transition(state, wanted)
        return
    with pytest.raises(TransitionRefused):
        check_transition(state, wanted)


def test_what_has_ended_never_starts_again() -> None:
    live = {InvitationState.QUEUED, InvitationState.SENT}
    for state in set(InvitationState) - live:
        assert TRANSITIONS[state] == frozenset(), state
