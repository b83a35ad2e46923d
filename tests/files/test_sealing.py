"""A sealed file opens to exactly what was sealed, or not at all (SEC-4)."""

import os
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carespace.files.sealing import (
    CHUNK_BYTES,
    KEY_BYTES,
    TAG_BYTES,
    DamagedFile,
    new_key,
    seal,
    unseal,
    unwrap,
)

KEY = bytes(range(KEY_BYTES))
BLOB = UUID("00000000-0000-4000-8000-000000000001")
SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES
AROUND_CHUNKS = st.builds(
    lambda chunks, more: max(0, chunks * CHUNK_BYTES + more),
    st.integers(0, 3),
    st.integers(-17, 17),
)


def sealed(plain: bytes) -> bytes:
    return b"".join(seal(KEY, BLOB, [plain]))


def opened(data: bytes, key: bytes = KEY, blob: UUID = BLOB) -> bytes:
    return b"".join(unseal(key, blob, [data]))


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@settings(max_examples=60, deadline=None)
@given(AROUND_CHUNKS, st.integers(1, 400_000), st.integers(1, 400_000))
def test_what_is_sealed_opens_whatever_the_pieces(size: int, written: int, read: int) -> None:
    plain = (b"A page of a letter. " * (size // 20 + 1))[:size]
    data = b"".join(seal(KEY, BLOB, pieces(plain, max(written, 4096))))
    assert data == sealed(plain), "the pieces change nothing"
    assert b"".join(unseal(KEY, BLOB, pieces(data, max(read, 4096)))) == plain
    assert len(data) == size + TAG_BYTES * max(1, -(-size // CHUNK_BYTES))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_one_changed_bit_anywhere_is_refused(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from([0, 1, 100, CHUNK_BYTES, CHUNK_BYTES + 1]))
    whole = bytearray(sealed(b"x" * size))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(DamagedFile):
        opened(bytes(whole))


THREE = sealed(os.urandom(2 * CHUNK_BYTES + 100))
FIRST, SECOND, LAST = THREE[:SEALED_CHUNK], THREE[SEALED_CHUNK:-116], THREE[-116:]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(SECOND + FIRST + LAST, id="chunks changed places"),
        pytest.param(FIRST + FIRST + LAST, id="a chunk twice"),
        pytest.param(FIRST + LAST, id="a chunk left out"),
        pytest.param(FIRST + SECOND, id="cut off at the end of a chunk"),
        pytest.param(FIRST, id="cut off after the first chunk"),
        pytest.param(THREE[:-1], id="cut off by a byte"),
        pytest.param(b"", id="nothing left"),
        pytest.param(LAST, id="only the end"),
        pytest.param(THREE + b"\0", id="a byte more"),
        pytest.param(THREE + LAST, id="the end twice"),
        pytest.param(b"\0" * len(THREE), id="zeros"),
    ],
)
def test_what_was_moved_repeated_or_cut_off_is_refused(changed: bytes) -> None:
    assert len(opened(THREE)) == 2 * CHUNK_BYTES + 100
    with pytest.raises(DamagedFile):
        opened(changed)


def test_no_chunk_is_given_out_before_it_checks() -> None:
    broken = bytearray(THREE)
    broken[SEALED_CHUNK + 5] ^= 1
    given_out: list[bytes] = []
    with pytest.raises(DamagedFile):
        given_out.extend(unseal(KEY, BLOB, [bytes(broken)]))
    assert len(b"".join(given_out)) <= CHUNK_BYTES


def test_under_another_files_name_or_key_it_is_refused() -> None:
    data = sealed(b"A letter.")
    with pytest.raises(DamagedFile):
        opened(data, blob=uuid4())
    with pytest.raises(DamagedFile):
        opened(data, key=bytes(KEY_BYTES))


def test_a_key_is_fresh_and_unwraps_only_with_its_master_key() -> None:
    master = os.urandom(KEY_BYTES)
    (key, wrapped), (other_key, _) = new_key(master), new_key(master)
    assert key != other_key
    assert key not in wrapped
    assert unwrap(master, wrapped) == key
    with pytest.raises(DamagedFile):
        unwrap(os.urandom(KEY_BYTES), wrapped)
    broken = bytes([wrapped[0] ^ 1]) + wrapped[1:]
    with pytest.raises(DamagedFile):
        unwrap(master, broken)


@pytest.mark.parametrize("wrapped", [b"", b"short", b"x" * 17, b"x" * 48])
def test_a_wrapped_key_of_another_length_is_refused(wrapped: bytes) -> None:
    with pytest.raises(DamagedFile):
        unwrap(KEY, wrapped)
