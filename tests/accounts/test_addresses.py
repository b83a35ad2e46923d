"""Keys of the links that confirm a new address (S-31, T8)."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carespace.accounts.addresses import AddressLinkEnded, address_in, asked_by, key_for
from carespace.accounts.models import User


def person(**more: Any) -> User:
    return User(**{"email": "maria@example.com", "password": "a hash", **more})


@given(st.emails())
def test_what_was_sealed_is_opened(address: str) -> None:
    maria = person()
    assert address_in(key_for(maria, address, asked_by(maria)), maria) == address


@given(st.text(max_size=300))
def test_what_we_did_not_seal_opens_nothing(key: str) -> None:
    with pytest.raises(AddressLinkEnded):
        address_in(key, person())


@given(place=st.integers(min_value=0), letter=st.sampled_from("ABCDEFGHabcdefgh0123-_"))
def test_no_letter_of_a_key_can_be_another(place: int, letter: str) -> None:
    maria = person()
    key = key_for(maria, "maria.new@example.net", asked_by(maria))
    place %= len(key) - 1  # the last letter holds fewer bits than six
    if key[place] == letter:
        return
    with pytest.raises(AddressLinkEnded):
        address_in(key[:place] + letter + key[place + 1 :], maria)


@pytest.mark.parametrize(
    "change",
    [
        lambda user: setattr(user, "email", "other@example.com"),
        lambda user: setattr(user, "password", "another hash"),
        lambda user: setattr(user, "pk", person().pk),
    ],
)
def test_a_key_dies_with_what_it_was_made_for(change: Callable[[User], None]) -> None:
    maria = person()
    asked = asked_by(maria)
    key = key_for(maria, "new@example.com", asked)
    change(maria)
    with pytest.raises(AddressLinkEnded):
        address_in(key, maria)
    assert key_for(maria, "new@example.com", asked) == "", "nor is another made for what was asked"
