"""Rules about a practice's staff, as pure functions that answer with a reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may happen, and why not."""

    allowed: bool
    reason: str = ""


def may_change(
    *, has_ended: bool, is_own: bool, by_manager: bool, leaves_a_manager: bool
) -> Decision:
    """Whether a member of staff gets another role, or ends: by a manager, not oneself, and a manager stays.

    Without a manager nobody could add one by the pages; with one's own role to give, nobody would have to ask.
    """
    if not by_manager:
        return Decision(False, "not-manager")
    if has_ended:
        return Decision(False, "ended")
    if is_own:
        return Decision(False, "own")
    return Decision(True) if leaves_a_manager else Decision(False, "last-manager")
