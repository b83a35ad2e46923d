"""The file of heads: what is torn harms nothing, what stands is never hidden, nothing grows without a reason."""

from pathlib import Path

import pytest

from carespace.audit.heads import Head, noted_heads, set_aside, write_head


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    return tmp_path / "audit" / "heads.jsonl"


def test_a_head_that_stands_there_is_not_written_again(heads: Path) -> None:
    for _ in range(3):
        write_head(heads, Head(7, "ab"))
    assert list(noted_heads(heads)) == [Head(7, "ab")]
    assert heads.read_bytes().count(b"\n") == 1


def test_no_line_is_written_before_the_first_seal(heads: Path) -> None:
    write_head(heads, Head(0, "00"))
    assert not heads.exists()


@pytest.mark.parametrize("torn", [b'{"position": 9, "cha', b"{", b"\x00\x00\xff", b"[]"])
def test_a_torn_last_line_is_passed_over_and_the_next_one_stands(heads: Path, torn: bytes) -> None:
    write_head(heads, Head(7, "ab"))
    with heads.open("ab") as file:
        file.write(torn)
    assert list(noted_heads(heads)) == [Head(7, "ab")]
    write_head(heads, Head(7, "ab"))
    write_head(heads, Head(9, "cd"))
    assert list(noted_heads(heads)) == [Head(7, "ab"), Head(9, "cd")]


def test_a_lower_head_does_not_hide_a_higher_one(heads: Path) -> None:
    write_head(heads, Head(9, "cd"))
    write_head(heads, Head(4, "ef"))
    assert list(noted_heads(heads)) == [Head(9, "cd")]


def test_the_last_head_is_found_at_the_end_of_a_long_file(heads: Path) -> None:
    for position in range(1, 200):
        write_head(heads, Head(position, "ab" * 32))
    write_head(heads, Head(199, "ab" * 32))
    assert [each.position for each in noted_heads(heads)] == list(range(1, 200))


def test_heads_set_aside_are_kept_under_another_name(heads: Path) -> None:
    assert set_aside(heads, 1) is None
    write_head(heads, Head(9, "cd"))
    kept = set_aside(heads, 1)
    assert kept
    assert not heads.exists()
    assert list(noted_heads(kept)) == [Head(9, "cd")]
