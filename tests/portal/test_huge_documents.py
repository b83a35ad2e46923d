"""HTML made to keep a worker busy is offered as a download and never cleaned (security.md, files)."""

from collections.abc import Callable

import pytest

from carespace.portal.presenters.clean_html import can_be_cleaned
from tests.conftest import Answer
from tests.people import Cast
from tests.records.shelf import paper

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
DEEP = "<html><body>" + "<div>" * 100_000


@pytest.mark.parametrize(
    "text",
    [
        DEEP,
        "<div></p>" * 300,
        "<span><div></span>" * 300,
        "".join(f"<p><b id={number}>x" for number in range(300)),
        "<b>x</b>" * 20_001,
        "x" * 2_000_001,
        "<p " + " ".join(f"a{number}" for number in range(101)) + ">",
        "".join(f"<b id={number}>" for number in range(21)),
        "<b id=1><!--</b>-->" * 21,
        "<b id=1><!--></b><!--</b>-->" + "<b><!--</b>-->" * 21,
        "<b id=1><p title='</b>'></p>" * 21,
        "<b id=1><style></b></style>" * 21,
        """<b id=1><style><p a="</style><!--"></style></b>-->""" * 21,
        "<select><style></select>" + "<b id=1><!--</style></b>-->" * 21,
        "<b id=1><script><!--<script></script></b>--></script>" * 21,
        "<b id=1><? </b>" * 21,
        "".join(f"<i id={number}>" for number in range(20)) + "<p>x</p>" * 5_000,
        "</p>" * 100_000,
        "&" * 1_900_000,
    ],
)
def test_what_takes_long_to_clean_is_not_cleaned(text: str) -> None:
    assert not can_be_cleaned(text)


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 255 + "</div>" * 255,
        "<div><br></div>" * 5_000,
        "<p>one" * 5_000,
        "<ul>" + "<li>one<p>two" * 5_000 + "</ul>",
        "<dl>" + "<dt>a<dd>b" * 5_000 + "</dl>",
        "<table>" + "<tr><td>a<td><p>b" * 4_000 + "</table>",
        "<TABLE><tr><td>a<TD>b</Table>" * 1_000,
        "x" * 2_000_000,
        "<title>a</title><style>p > b {}</style>" + "<p><b>x</b></p>" * 5_000,
        "<title>a</title>" + "<p><b>x</b><!-- <b> --></p>" * 5_000,
        "<p title='a > b' class=c>x</p>" * 5_000,
        "<p><img src='data:image/png;base64," + "A" * 100_000 + "'></p>",
    ],
)
def test_an_ordinary_long_paper_is_cleaned(text: str) -> None:
    assert can_be_cleaned(text)


def test_a_paper_too_deep_to_show_is_a_download(
    cast: Cast, ruths: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "carespace.portal.presenters.clean_html.nh3.clean",
        lambda *_, **__: pytest.fail("cleaned"),
    )
    key = paper(cast.practice, cast.ruths_record, DEEP.encode(), "text/html")
    page = ruths("portal:document", key).content.decode()
    assert "<iframe" not in page
    assert "/download/" in page
    assert ruths("portal:document-content", key).status_code == 404
    assert ruths("portal:document-download", key).content == DEEP.encode()
