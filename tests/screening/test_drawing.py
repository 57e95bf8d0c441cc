import re
from xml.etree import ElementTree

import pytest

from screening.chain_parts import Leads, Link, Node
from screening.drawing import WIDTH, draw_chain
from screening.lettering import cut, text_width

NODES = [
    Node("article", "Cotton T-shirts", 0, "article"),
    Node("maker", "Saigon Example Garment", 1),
    Node("knitter", "Ningbo Example Knitting", 2, native_name="宁波示例针织有限公司"),
    Node("other", "Other Example Knitting", 2),
    Node("spinner", "Aksu Example Spinning", 3, "listed", url="/suppliers/7"),
    Node("ginner", "", 4, "gap", note="ginner not declared"),
]
LINKS = [
    Link("maker", "article", "T-shirts", "direct", Leads.PRESUMPTION),
    Link("other", "maker", "fabric", "declared"),
    Link("knitter", "maker", "fabric", "relevant", Leads.PRESUMPTION),
    Link("spinner", "knitter", "yarn", "relevant", Leads.PRESUMPTION),
    Link("ginner", "spinner", "lint"),
]


def texts(drawing):
    return [element.text or "" for element in ElementTree.fromstring(drawing.svg).iter("text")]


def boxes(drawing):
    """Top and bottom of each drawn rectangle, by its left edge."""
    found = {}
    for rect in ElementTree.fromstring(drawing.svg).iter("rect"):
        found.setdefault(rect.get("x"), []).append((float(rect.get("y")), float(rect.get("height"))))
    return found


def test_a_chain_is_well_formed_and_carries_no_style():
    drawing = draw_chain(NODES, LINKS)
    assert ElementTree.fromstring(drawing.svg).tag == "svg"
    assert "style" not in drawing.svg


def test_each_step_upstream_is_a_column_further_right():
    drawing = draw_chain(NODES, LINKS)
    heads = [element for element in ElementTree.fromstring(drawing.svg).iter("text") if element.get("y") == "18"]
    places = [int(head.get("x")) for head in heads]
    words = "".join(ElementTree.tostring(head, "unicode", "text") for head in heads)
    assert places == sorted(places)
    assert "1 step upstream" in words
    assert "4 steps upstream" in words


def test_boxes_of_a_column_do_not_overlap():
    many = [Node("article", "Goods", 0, "article")] + [Node(f"n{i}", f"Supplier {i}", 1 + i % 5) for i in range(60)]
    links = [Link(f"n{i}", f"n{(i * 7) % 60}" if i % 5 else "article") for i in range(60)]
    for column in boxes(draw_chain(many, links)).values():
        column.sort()
        assert all(top + height <= below for (top, height), (below, _) in zip(column, column[1:], strict=False))


def test_the_path_of_the_presumption_is_thick_and_says_so():
    drawing = draw_chain(NODES, LINKS)
    assert drawing.svg.count('stroke-width="3.5"') == 3
    assert drawing.svg.count("</title>presumed</text>") == 3
    assert "to review" not in drawing.svg


def test_a_path_to_review_has_strokes_and_words_of_its_own():
    may_be = [Link(one.source, one.target, one.goods, "possible", Leads.REVIEW) for one in LINKS[2:4]]
    drawing = draw_chain(NODES, [LINKS[1], *may_be])
    assert drawing.svg.count('stroke-dasharray="14 4 3 4"') == 2
    assert drawing.svg.count("</title>to review</text>") == 2
    assert "presumed" not in drawing.svg
    assert [row.leads for row in drawing.rows] == [Leads.REVIEW, Leads.NOWHERE, Leads.REVIEW]


def test_what_is_not_declared_is_dashed_and_says_so():
    drawing = draw_chain(NODES, LINKS)
    assert "Not declared" in drawing.svg
    assert "stroke-dasharray" in drawing.svg


def test_a_box_with_a_page_is_a_link_named_in_full():
    link = re.search(r'<a href="/suppliers/7" aria-label="([^"]+)"', draw_chain(NODES, LINKS).svg)
    assert link
    assert "On the Entity List" in link[1]
    assert "Aksu Example Spinning" in link[1]


def test_names_cannot_break_out_of_the_drawing():
    nasty = '<script>alert("x")</script>'
    svg = draw_chain([Node("a", nasty, 0, url='/"><b>')], []).svg
    assert "<script" not in svg
    assert "<b>" not in svg


def test_the_rows_say_the_same_as_the_lines():
    rows = draw_chain(NODES, LINKS).rows
    assert [(row.supplier.id, row.buyer.id) for row in rows if row.leads] == [
        ("maker", "article"),
        ("knitter", "maker"),
        ("spinner", "knitter"),
    ]


def test_a_long_link_goes_around_the_boxes_between():
    nodes = [Node("a", "A", 0), Node("b", "B", 1), Node("c", "C", 2)]
    svg = draw_chain(nodes, [Link("b", "a"), Link("c", "a")]).svg
    path = max(re.findall(r'<path d="(M[^"]+)" fill="none"', svg), key=len)
    ends = [float(y) for y in re.findall(r" (\d+\.\d)H", path)]
    (top, height) = boxes(draw_chain(nodes, [Link("b", "a"), Link("c", "a")]))[str(8 + WIDTH + 88)][0]
    assert any(not top <= y <= top + height for y in ends)


def test_an_empty_chain_still_draws():
    assert ElementTree.fromstring(draw_chain([], []).svg).tag == "svg"


def test_a_link_to_someone_not_drawn_is_left_out():
    assert draw_chain(NODES[:2], LINKS).rows[0].supplier.id == "maker"
    assert len(draw_chain(NODES[:2], LINKS).rows) == 1


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("Short", ["Short"]),
        ("宁波示例针织有限公司", ["宁波示例针", "织有限公司"]),
        ("one two three four five six seven", ["one two", "three fou…"]),
    ],
)
def test_a_text_is_cut_to_two_lines(text, lines):
    assert cut(text, 2, width=72) == lines


def test_no_line_is_wider_than_its_box():
    name = "Internationale Beispielgesellschaftmitsehrlangemnamen 国际示例 GmbH & Co. KGaA"
    assert all(text_width(line) <= 150 for line in cut(name, 2, width=150))
