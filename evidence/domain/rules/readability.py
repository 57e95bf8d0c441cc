"""What a reviewer cannot read, or cannot tie to this shipment, shows nothing until it is mended (AUDIT24, FAQ23)."""

from __future__ import annotations

from evidence.domain.alarms import Outcome, said, whole
from evidence.domain.papers import CasePaper
from evidence.domain.rules.material import File, number_key

_TIES = (
    *("order_number", "contract_number", "invoice_number", "bl_number", "declaration_number", "entry_number"),
    *("lot", "serial", "container_number", "input_lot", "output_lot", "reference", "part"),
)
_GENERAL = {"AFFIDAVIT"}  # of the package, but speaks of goods
_INDEX_FROM = 10  # a file of fewer papers is read without one
_SIGNED = {
    *(
        "AFFIDAVIT",
        "ORIGIN_DECLARATION",
        "TRANSLATION_ATTESTATION",
        "LABOUR_TRANSFER_STATEMENT",
        "SOURCE_MIX_STATEMENT",
    ),
    *("SMELTER_CERTIFICATE", "LOT_CERTIFICATE", "MILL_TEST_CERTIFICATE", "HEAT_CERTIFICATE", "PURCHASE_ORDER"),
    *("STOCK_SOURCE_STATEMENT", "FURTHER_MANUFACTURE_STATEMENT", "INPUT_RECEIPT", "RESIN_LOT_CERTIFICATE"),
}


def untranslated(file: File) -> Outcome:
    """Each page in another language has its English translation (FAQ23)."""
    out = _pages(
        file,
        "UNTRANSLATED",
        "untranslated_pages",
        "{pages} of the {paper} {are} not in English, and no translation is attached.",
    )
    translated = set().union(*(file.refers_to(one) | file.own_numbers(one) for one in file.of("TRANSLATION")))
    papers = {one.key: one for one in file.evidence}
    out.alarms = [one for one in out.alarms if not file.own_numbers(papers[one.says[0].paper]) & translated]
    return out


def illegible(file: File) -> Outcome:
    """Each page can be read."""
    out = _pages(file, "ILLEGIBLE", "unreadable_pages", "{pages} of the {paper} cannot be read.")
    for page in file.silent:
        out.compared += 1
        out.alarm("ILLEGIBLE", f"Page {page.page} of Exhibit {page.exhibit} cannot be read.", page, subject=page.text)
    return out


def over_redacted(file: File) -> Outcome:
    """Redaction is limited: what proves the step stays visible (AUDIT24)."""
    return _pages(
        file, "OVER_REDACTED", "blacked_out_pages", "{pages} of the {paper} {are} blacked out to a large part."
    )


def _pages(file: File, code: str, attribute: str, sentence: str) -> Outcome:
    out = Outcome()
    for paper in file.evidence:
        out.compared += 1
        if pages := getattr(paper, attribute):
            shown = f"Page {pages[0]}" if len(pages) == 1 else f"Pages {', '.join(map(str, pages))}"
            told = sentence.format(pages=shown, paper=file.label(paper), are="is" if len(pages) == 1 else "are")
            out.alarm(code, told, whole(paper, shown, pages[0]), subject=shown)
    return out


def unsigned(file: File) -> Outcome:
    """A paper that lives by its signature is signed or sealed."""
    out = Outcome()
    for paper in file.evidence:
        if paper.paper.type not in _SIGNED:
            continue
        signed = file.one(paper, "is_signed")
        if signed is None:
            continue
        out.compared += 1
        if signed.value.casefold() in {"no", "false", "0"}:
            out.alarm(
                "UNSIGNED", f"The place for the signature on the {file.label(paper)} is empty.", said(paper, signed)
            )
    return out


def not_shipment_specific(file: File) -> Outcome:
    """A certificate or statement names the goods of this shipment: a lot, an order, an invoice, a bill of lading."""
    out = Outcome()
    named: dict[int, set[str]] = {one.key: _ties(file, one) for one in file.evidence}
    for paper in file.evidence:
        if file.family(paper) != "origin" and paper.paper.type not in _GENERAL:
            continue
        read = [one for one in paper.paper.fields if file.sure(one)]
        others = set().union(*(ties for key, ties in named.items() if key != paper.key))
        if len(read) < 3 or not others or paper.unreadable_pages:
            continue
        out.compared += 1
        if not named[paper.key]:
            out.alarm(
                "NOT_SHIPMENT_SPECIFIC",
                f"The {file.label(paper)} names no lot, order, invoice or bill of lading.",
                whole(paper, file.label(paper)),
            )
    return out


def _ties(file: File, paper: CasePaper) -> set[str]:
    return {number_key(one.value) for one in file.every(paper, *_TIES)} - {""}


def r10(file: File) -> Outcome:
    """Each paper belongs to a number of the index, and each number of the index has its paper.

    A number that was misread stands on both sides, so only what one side has more than the other is told.
    """
    out = Outcome()
    entries = [(index, one) for index in file.of("DOCUMENT_INDEX") for one in file.every(index, "listed_number")]
    listed = {number_key(one.value) for _, one in entries}
    papers = [one for one in file.evidence if one.paper.type != "DOCUMENT_INDEX"]
    numbers = {one.key: _paper_numbers(file, one) for one in papers}
    if not listed:
        return out
    out.compared = len(entries) + len(papers)
    present = set().union(*numbers.values())
    lost = [(index, one) for index, one in entries if number_key(one.value) not in present]
    strange = [one for one in papers if numbers[one.key] and not numbers[one.key] & listed]
    unnamed = sum(not numbers[one.key] for one in papers) + len(file.silent)
    for paper in strange if len(strange) > max(0, len(lost) - unnamed) else ():
        number = paper.paper.value("document_number")
        out.alarm(
            "R10",
            f"The {file.label(paper)} is not in the index of the file.",
            whole(paper, number),
            whole(entries[0][0], "not listed"),
            subject=number_key(number),
        )
    for index, one in lost if len(lost) > len(strange) + unnamed else ():
        out.alarm(
            "R10",
            f"The index lists {one.value}; no paper with this number is in the file.",
            said(index, one),
            subject=number_key(one.value),
        )
    return out


def _paper_numbers(file: File, paper: CasePaper) -> set[str]:
    """The numbers of a paper; that of a firm's registration is none, nor one as short as that of a house."""
    return {one for one in file.own_numbers(paper) - file.refers_to(paper, "registration_number") if len(one) > 3}


def no_index(file: File) -> Outcome:
    """A file of many papers has a numbered index (AUDIT24)."""
    out = Outcome()
    if len(file.evidence) >= _INDEX_FROM:
        out.compared += 1
        if not file.of("DOCUMENT_INDEX"):
            out.alarm("NO_INDEX", f"The file has {len(file.evidence)} papers and no numbered index.")
    return out
