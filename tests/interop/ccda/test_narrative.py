"""The text of a C-CDA section becomes plain HTML: every word, and nothing that does anything (CDA-13)."""

import re

import pytest

from carespace.interop.ccda.document import Part, read_document
from tests.interop.ccda.builders import document, section, table, tree_in

ALLOWED = {
    "div", "p", "span", "br", "strong", "em", "u", "del", "small", "sub", "sup", "ul", "ol", "li", "table", "caption",
    "thead", "tbody", "tfoot", "tr", "th", "td", "pre",
}  # fmt: skip
ALLOWED_ATTRIBUTES = {"class", "role", "tabindex", "aria-label", "data-label", "colspan", "rowspan", "scope"}  # fmt: skip


def parts_of(text: str) -> tuple[Part, ...]:
    return read_document(document(section(text))).parts


def html_of(text: str) -> str:
    return parts_of(text)[0].html


def test_a_paragraph_a_list_and_styles_keep_their_meaning() -> None:
    made = html_of(
        '<paragraph>Take <content styleCode="Bold">one</content> a <content styleCode="Italics">day</content>'
        "<br/>with H<sub>2</sub>O</paragraph><list listType='ordered'><item>First</item><item>Second</item></list>"
    )
    assert (
        "<p>Take <span><strong>one</strong></span> a <span><em>day</em></span><br>with H<sub>2</sub>O</p>"
        in made
    )
    assert "<ol><li>First</li><li>Second</li></ol>" in made  # fmt: skip


def test_a_list_says_its_caption_first() -> None:
    assert "<ul><li>Notes</li><li>One</li></ul>" in html_of(
        "<list><caption>Notes</caption><item>One</item></list>"
    )


def test_a_simple_table_folds_and_each_cell_knows_its_column() -> None:
    made = tree_in(html_of(table(("Test", "Value"), ("Hemoglobin", "12.4"))))
    found = made.find(".//table")
    assert found.get("class") == "fold"
    assert [cell.get("scope") for cell in found.iter("th")] == ["col", "col"]
    assert [cell.get("data-label") for cell in found.iter("td")] == [None, "Value"]


@pytest.mark.parametrize(
    "text",
    [
        '<table><thead><tr><th colspan="2">Both</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>',
        "<table><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
        "<table><thead><tr><th>A</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
        "<table><thead><tr><th>A</th></tr></thead><tbody><tr><td><table><tbody><tr><td>in</td></tr></tbody></table></td></tr></tbody></table>",
    ],
)
def test_a_table_that_cannot_fold_scrolls_by_itself(text: str) -> None:
    made = tree_in(html_of(text))
    assert [each.get("class") for each in made.findall(".//div")] == ["wide"]
    assert made.find(".//div").get("tabindex") == "0"


@pytest.mark.parametrize(("said", "kept"), [("3", "3"), ("1000000", None), ("-1", None), ("x", None), ("1", None)])  # fmt: skip
def test_a_span_of_cells_has_a_limit(said: str, kept: str | None) -> None:
    made = tree_in(html_of(f'<table><tbody><tr><td colspan="{said}">a</td></tr></tbody></table>'))
    assert made.find(".//td").get("colspan") == kept


@pytest.mark.parametrize(
    "text",
    [
        '<linkHtml href="javascript:alert(1)">press</linkHtml>',
        '<linkHtml href="https://example.com/x">press</linkHtml>',
        '<content onclick="alert(1)" style="color:red" ID="main">press</content>',
        "<script>press</script>",
        '<iframe src="https://example.com">press</iframe>',
        '<paragraph><img src="https://example.com/x.png"/>press</paragraph>',
        '<table border="1" onload="x"><tbody class="x"><tr><td id="main" style="x">press</td></tr></tbody></table>',
        '<renderMultiMedia referencedObject="MM1"><caption>press</caption></renderMultiMedia>',
        '<svg xmlns="http://www.w3.org/2000/svg"><script>press</script></svg>',
    ],
)
def test_nothing_in_a_text_does_or_loads_anything(text: str) -> None:
    made = tree_in(html_of(text))
    assert "press" in made.text_content()
    assert {each.tag for each in made.iter()} <= ALLOWED
    assert {name for each in made.iter() for name in each.attrib} <= ALLOWED_ATTRIBUTES


def test_a_web_address_is_said_and_leads_nowhere() -> None:
    made = html_of('<linkHtml href="https://example.com/x">our page</linkHtml>')
    assert "our page (https://example.com/x)" in tree_in(made).text_content()
    assert "javascript" not in html_of('<linkHtml href="javascript:alert(1)">x</linkHtml>')


@pytest.mark.parametrize(
    "text",
    [
        "loose <paragraph>one</paragraph> words",
        "<table>stray<tbody>astray<tr>between<td>cell</td>after</tr></tbody>end</table>",
        "<list>before<item>one</item>between</list>",
        "<tr><td>no table</td></tr>",
        "<item>no list</item><th>no row</th>",
        "<paragraph>a<table><tbody><tr><td>b</td></tr></tbody></table>c</paragraph>",
        "<unknown>kept<deeper>too</deeper></unknown>",
        "<paragraph>a<paragraph>b</paragraph>c</paragraph>",
        "<list><item><list><item>deep</item></list>tail</item></list>",
        "<content revised='delete'>gone</content><footnote ID='f'>note</footnote>",
    ],
)
def test_no_word_is_lost_wherever_it_stands(text: str) -> None:
    made = tree_in(html_of(text)).text_content()
    assert "".join(made.split()) == "".join(re.sub(r"<[^>]*>", "", text).split())


def test_sections_in_sections_follow_each_other_with_their_level() -> None:
    inner = section("<paragraph>deep</paragraph>", "Inner", section("deeper", "Innermost"))
    found = read_document(document(section("outer", "Outer", inner), section("", "Empty"))).parts
    assert [(each.title, each.level) for each in found] == [
        ("Outer", 1),
        ("Inner", 2),
        ("Innermost", 3),
        ("Empty", 1),
    ]


def test_a_picture_that_stands_in_the_document_is_named() -> None:
    media = (
        '<entry><observationMedia ID="MM1"><value mediaType="image/png" representation="B64">AAAA</value>'
        "</observationMedia></entry>"
    )
    text = '<renderMultiMedia referencedObject="MM1"/><renderMultiMedia referencedObject="MM2"/>'
    (part,) = read_document(document(section(text, inner=media))).parts
    assert part.html.count("There is a picture here") == 1
    assert part.html.count("It is not in the document") == 1
