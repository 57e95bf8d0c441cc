"""From any claim to its place: the page with the box, the cell or the words marked; two places side by side."""

import io

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image

from entities.domain.actions import Action
from entities.domain.roles import Role
from entities.models import AuditEvent
from evidence.claims import claims_of
from evidence.domain.finding import Span
from evidence.domain.papers import Box
from evidence.models import Mention, Page, PageLayout, Paper, PaperField
from evidence.places import place_url
from evidence.services import assessments
from evidence.services.assessments import CitedPage
from evidence.services.searching import search
from screening.services import cases
from tests.evidence.sending import make_case, member_of, send
from tests.factories import make_user

pytestmark = pytest.mark.django_db
WORDS = [
    ["Invoice", 0.1, 0.05, 0.3, 0.08, 1.0],
    ["12,400", 0.5, 0.2, 0.6, 0.22, 0.6],
    ["kg", 0.61, 0.2, 0.65, 0.22, 1.0],
]


def picture():
    out = io.BytesIO()
    Image.new("RGB", (595, 842), "white").save(out, "PNG")
    return ContentFile(out.getvalue(), name="page.png")


def drawn(document, number=1, text="Invoice 12,400 kg", words=WORDS):
    """A page with its picture and the places of its words."""
    page = Page.objects.create(
        document=document, number=number, text=text, has_text=True, sha256="1" * 64, width=595, height=842
    )
    page.image.save("page.png", picture())
    PageLayout.objects.create(page=page, words=words)
    document.page_count = max(document.page_count, number)
    document.save()
    return page


def sheet(document, rows=3):
    page = Page.objects.create(
        document=document,
        number=1,
        label="Orders",
        text="\n".join(f"Part {n}\t{n * 10}" for n in range(1, rows + 1)),
        sha256="1" * 64,
        source="sheet",
    )
    cells = [[[f"Part {n}", f"A{n}"], [str(n * 10), f"B{n}"]] for n in range(1, rows + 1)]
    PageLayout.objects.create(page=page, tables=[cells])
    document.page_count = 1
    document.save()
    return page


def field_of(document, name="quantity", value="12400", **more):
    paper = Paper.objects.create(document=document, first_page=1, last_page=9, type="COMMERCIAL_INVOICE")
    given = {"page_number": 1, "box": [0.5, 0.2, 0.6, 0.22], "text": value} | more
    return PaperField.objects.create(paper=paper, name=name, value=value, **given)


def shown(client, case, **query):
    client.force_login(member_of(case))
    return client.get(reverse("case-viewer", args=[case.pk], query=query)).content.decode()


def test_a_box_is_marked_on_the_picture_of_its_page(client):
    case = make_case()
    drawn(send(case))
    page = shown(client, case, left="1.1.5000-2000-6000-2200")
    assert '<rect class="co-view__mark" id="mark" x="496.0"' in page
    assert "style=" not in page


def test_words_lie_over_the_picture_so_that_they_can_be_selected(client):
    case = make_case()
    drawn(send(case))
    page = shown(client, case)
    assert 'x="500.0" textLength="100.0" lengthAdjust="spacingAndGlyphs">12,400</tspan>' in page
    assert "read with confidence 0.60" in page


def test_a_range_of_text_is_marked_at_the_boxes_of_its_words(client):
    case = make_case()
    drawn(send(case))
    page = shown(client, case, left="1.1.8-17")
    assert page.count('class="co-view__mark"') == 1  # both words stand beside each other


def test_a_cell_of_a_sheet_is_marked(client):
    case = make_case()
    sheet(send(case))
    page = shown(client, case, left="1.1.B2")
    assert '<td class="co-view__cell" id="mark"><mark>20</mark> <small class="co-soft">B2</small>' in page


def test_a_cell_far_down_a_sheet_is_shown_without_the_rows_before_it(client):
    case = make_case()
    sheet(send(case), rows=2000)
    page = shown(client, case, left="1.1.B1500")
    assert "<mark>15000</mark>" in page
    assert "Rows 1480 to 1679 of 2000" in page
    assert page.count("<tr>") == 200


def test_words_of_a_page_without_a_picture_are_marked_in_its_text(client):
    case = make_case()
    Page.objects.create(document=send(case), number=1, text="net weight 12,400 kg", sha256="1" * 64)
    assert '<mark id="mark">12,400</mark>' in shown(client, case, left="1.1.11-17")


def test_a_place_that_is_not_there_is_said(client):
    case = make_case()
    Page.objects.create(document=send(case), number=1, text="short", sha256="1" * 64)
    assert "could not be found on this page" in shown(client, case, left="1.1.B7")


def test_two_places_stand_side_by_side(client):
    case = make_case()
    drawn(send(case, b"one", "one.txt"))
    sheet(send(case, b"two", "two.txt"))
    page = shown(client, case, left="1.1.5000-2000-6000-2200", right="2.1.B2")
    assert 'id="mark"' in page
    assert 'id="mark-right"' in page
    assert "co-view--pair" in page


def test_the_next_place_of_a_kind_of_claim_is_one_key_away(client):
    case = make_case()
    document = send(case)
    drawn(document)
    drawn(document, number=2)
    first = field_of(document)
    PaperField.objects.create(
        paper=first.paper, name="total", value="9", page_number=2, box=[0.1, 0.1, 0.2, 0.2], text="9"
    )
    page = shown(client, case, left="1.1.5000-2000-6000-2200", along="fields")
    assert "1 of 2 places" in page
    assert 'rel="next" data-key="n"' in page
    assert "left=1.2.1000-1000-2000-2000" in page


def test_citations_are_the_offices_own(client):
    case = make_case()
    document = send(case)
    drawn(document)
    reviewer = make_user(Role.REVIEWER)
    case = cases.start_review(case, actor=reviewer)
    assessments.assess(
        case, actor=reviewer, pathway="applicability", code="A1", verdict="not_shown", reason="See the page.",
        citations=[CitedPage(1, 1, quote="12,400 kg")],
    )  # fmt: skip
    assert [str(one.spot) for one in claims_of(case, reviewer, ["citations"])] == ["1.1.8-17"]
    assert claims_of(case, member_of(case), ["citations"]) == []
    assert "See the page" not in shown(client, case)
    client.force_login(reviewer)
    page = client.get(reverse("case-viewer", args=[case.pk])).content.decode()
    assert "A1: not shown" in page


def test_a_mention_leads_to_its_words():
    case = make_case()
    page = drawn(send(case))
    Mention.objects.create(page=page, kind="place", start=0, end=7, text="Invoice", subject_key="x", subject="Y")
    (claim,) = claims_of(case, member_of(case), ["mentions"])
    assert claim.spot.span == Span(0, 7)


def test_the_address_of_a_place_is_made_in_one_place():
    assert place_url(7, 3, 2, box=Box(0.1, 0.2, 0.3, 0.25)) == "/cases/7/viewer/?left=3.2.1000-2000-3000-2500#mark"
    assert place_url(7, 3, 2, cell="B12") == "/cases/7/viewer/?left=3.2.B12#mark"


def test_a_page_number_past_the_end_shows_the_last_page(client):
    case = make_case()
    drawn(send(case))
    assert "page 1 of 1" in shown(client, case, left_exhibit="1", left_page="99")


def test_a_small_picture_is_made_for_the_list_of_pages(client):
    case = make_case()
    drawn(send(case))
    client.force_login(member_of(case))
    address = reverse("document-page-image", args=[case.exhibits.get().document_id, 1])
    assert client.get(address)["Content-Type"] == "image/png"
    small = Image.open(io.BytesIO(client.get(address + "?size=small").content))
    assert max(small.size) <= 170


def test_the_pages_of_another_importer_are_not_found(client):
    case, other = make_case(), make_case()
    drawn(send(case))
    client.force_login(member_of(other))
    assert client.get(reverse("case-viewer", args=[case.pk])).status_code == 404
    assert client.get(reverse("case-search", args=[case.pk])).status_code == 404


def test_a_search_shows_words_and_leads_to_their_place(client):
    case = make_case()
    drawn(send(case), text="棉紗 12,400 kg", words=[])
    client.force_login(member_of(case))
    page = client.get(reverse("case-search", args=[case.pk], query={"q": "棉纱"})).content.decode()
    assert "<mark>棉紗</mark>" in page
    assert "left=1.1.0-2#mark" in page


def test_a_search_in_vain_is_not_worded_as_an_all_clear(client):
    case = make_case()
    drawn(send(case))
    Page.objects.create(document=send(case, b"scan", "scan.txt"), number=1, sha256="1" * 64)
    client.force_login(member_of(case))
    page = client.get(reverse("case-search", args=[case.pk], query={"q": "Aksu"})).content.decode()
    assert "No page that could be read says “Aksu”." in page
    assert "it may stand there" in page


def test_the_queries_of_the_viewer_do_not_grow_with_the_claims(client, django_assert_max_num_queries):
    case = make_case()
    document = send(case)
    drawn(document)
    for index in range(30):
        field_of(document, value=str(index))
    client.force_login(member_of(case))
    with django_assert_max_num_queries(45):
        client.get(reverse("case-viewer", args=[case.pk]))


def test_data_on_workers_is_opened_by_reviewers_alone_on_record_and_never_searched(client):
    case = make_case()
    document = send(case)
    drawn(document, text="roster of 40 workers")
    document.access = document.Access.WORKERS
    document.save()
    assert "No paper is in this case" in shown(client, case)
    address = reverse("document-page-image", args=[document.pk, 1])
    assert client.get(address).status_code == 404
    reviewer = make_user(Role.REVIEWER)
    assert search(case, "roster", user=reviewer).pages == []
    client.force_login(reviewer)
    assert "Exhibit 1" in client.get(reverse("case-viewer", args=[case.pk])).content.decode()
    client.get(address)
    assert AuditEvent.objects.filter(action=Action.WORKER_DATA_VIEWED).count() == 2
