"""Papers of the importer: requests, the protest, and notices, and what each must contain."""

from __future__ import annotations

from screening.domain.letters.kinds import Act, Form, Issuer, Kind, Part
from screening.domain.letters.parts import CLOSING, LINES, OPENING, PORT

ADDRESSEE = Part("addressee", "To", Form.SHORT)
INDEX = Part(
    "index",
    "Index of documents",
    Form.EXHIBITS,
    provision="CBP guidance on executive summaries and tables of contents (Feb 2023)",
    hint="Every document of the package, under its number.",
)


PAPERS = (
    Kind(
        "applicability_request",
        Issuer.IMPORTER,
        "Request for an applicability review",
        "Shows that the law does not apply: no input from Xinjiang, no listed entity, at any step.",
        "CBP UFLPA FAQ (Feb 2023)",
        "before the 30th day after presentation",
        (
            ADDRESSEE,
            OPENING,
            Part("pathway", "Pathway"),
            LINES,
            Part("summary", "Executive summary"),
            Part(
                "chain",
                "Chain map",
                Form.ITEMS,
                hint="One firm a line, from the raw material to the importer: step, name, place, what it does.",
            ),
            INDEX,
            CLOSING,
        ),
        acts=(Act("applicability_filed"),),
    ),
    Kind(
        "exception_request",
        Issuer.IMPORTER,
        "Request for an exception",
        "Asks the Commissioner for an exception: all three conditions must be shown.",
        "UFLPA sec. 3(b)",
        "before the 30th day after presentation, or as or with a protest",
        (
            ADDRESSEE,
            OPENING,
            LINES,
            Part("e1", "E1: compliance with the importer guidance", provision="UFLPA sec. 3(b)(1)(A)"),
            Part("e2", "E2: answers to all inquiries", provision="UFLPA sec. 3(b)(1)(B)"),
            Part("e3", "E3: clear and convincing evidence of no forced labour", provision="UFLPA sec. 3(b)(2)"),
            INDEX,
            CLOSING,
        ),
        acts=(Act("exception_filed"),),
    ),
    Kind(
        "extension_request",
        Issuer.IMPORTER,
        "Request for more time",
        "Asks for more days to answer a request. The statutory 30 days do not move by it.",
        "Forced Labor Portal (2026): at most two a task, none once past due",
        "before the task is due",
        (
            ADDRESSEE,
            OPENING,
            Part("task", "Request to be answered", Form.SHORT),
            Part("due_on", "Due on", Form.DATE, ("filled", "not_yet_due")),
            Part("days", "Days asked for", Form.SHORT, ("filled", "whole_days")),
            Part("reason", "Reason"),
            Part("outstanding", "What is still missing", Form.ITEMS),
            CLOSING,
        ),
    ),
    Kind(
        "identical_chain_report",
        Issuer.IMPORTER,
        "Report of an identical supply chain",
        "States that the chain is the one of an entry that was released before.",
        "Forced Labor Portal (2026)",
        "with the request",
        (
            ADDRESSEE,
            OPENING,
            LINES,
            Part(
                "prior_entry",
                "Entry released before",
                Form.SHORT,
                ("filled", "entry_number"),
                hint="For example 551-3518786-6.",
            ),
            Part("statement", "Statement", checks=("filled", "says_identical")),
            Part("producers", "Producers of each stage", Form.ITEMS, hint="One stage a line, with all its producers."),
            Part(
                "records",
                "Business record of each stage",
                Form.ITEMS,
                ("filled", "one_record_per_stage"),
                hint="One record number a line, in the order of the stages above.",
            ),
            CLOSING,
        ),
    ),
    Kind(
        "protest",
        Issuer.IMPORTER,
        "Protest against an exclusion",
        "Protests the refusal of entry. The data of CBP Form 19, for filing in ACE.",
        "19 U.S.C. 1514; 19 CFR 174.13, 174.21(b)",
        "180 days after the exclusion",
        (
            Part("face", "This is a protest against an exclusion", checks=("filled", "on_its_face"), bare=True),
            PORT,
            Part("protestant", "Protestant, with address", checks=("filled",)),
            Part("importer_number", "Importer number", Form.SHORT),
            LINES,
            Part("decision_protested", "Decision protested"),
            Part("decided_on", "Date of the exclusion", Form.DATE, ("filled", "not_future")),
            Part("filed_on", "Date of this protest", Form.DATE, ("filled", "within_180_days")),
            Part("ace_issue", "ACE issue", Form.CHOICE, provision="CSMS 59188461", choices=(("Other", "Other"),)),
            Part(
                "ace_secondary",
                "ACE secondary issue",
                Form.CHOICE,
                provision="CSMS 59188461",
                choices=(
                    ("UFLPA Applicability Review", "UFLPA Applicability Review"),
                    ("UFLPA Exception Review", "UFLPA Exception Review"),
                ),
            ),
            Part("protest_grounds", "Grounds of the protest", provision="19 CFR 174.13(a)(6)"),
            Part("index", "Documents sent with it", Form.EXHIBITS, ()),
            CLOSING,
        ),
        acts=(Act("protest_filed", day="filed_on"),),
    ),
    Kind(
        "disposal_notice",
        Issuer.IMPORTER,
        "Notice of export or abandonment",
        "Says that the goods leave the country, or are given up.",
        "19 CFR 158.43, 158.45",
        "before seizure",
        (
            ADDRESSEE,
            OPENING,
            Part("act", "What is done", Form.CHOICE, choices=(("export", "Export"), ("abandon", "Abandonment"))),
            LINES,
            Part("destination", "Destination", Form.SHORT, ("when_exported",)),
            Part("carrier", "Carrier", Form.SHORT, ("when_exported",)),
            Part("leaves_on", "Date", Form.DATE),
            CLOSING,
        ),
        acts=(Act("exported", day="leaves_on", when=("act", "export")), Act("disposal_noticed")),
        regimes=("UFLPA", "WRO"),  # goods an order withholds are exported or given up likewise (19 CFR 12.44)
    ),
)
