"""The kinds of letters there are. A change of what the law asks of a letter is a change of this file."""

from __future__ import annotations

from screening.domain.letters.kinds import Choices, Form, Issuer, Kind, Part

GROUNDS: Choices = (
    ("XINJIANG_ORIGIN", "Made wholly or in part in Xinjiang"),
    ("LISTED_ENTITY", "Made wholly or in part by an entity of the UFLPA Entity List"),
)
MET: Choices = (("met", "Met"), ("not_met", "Not met"))

OPENING = Part("opening", "Opening", bare=True)
CLOSING = Part("closing", "Closing", checks=(), bare=True)
LINES = Part("lines", "Entry lines", Form.LINES, provision="the goods concerned")
PORT = Part("port", "Port code and name", Form.SHORT, ("filled", "port_code"), hint="As in 1601 Charleston.")
GROUND = Part(
    "grounds",
    "Ground",
    Form.GROUNDS,
    provision="UFLPA sec. 3(a)",
    hint="Which ground of the presumption applies. A notice that leaves it open is open to attack.",
    choices=GROUNDS,
)
INDEX = Part(
    "index",
    "Index of documents",
    Form.EXHIBITS,
    provision="CBP guidance on executive summaries and tables of contents (Feb 2023)",
    hint="Every document of the package, under its number.",
)


def _condition(code: str, label: str, provision: str) -> Part:
    return Part(code, label, Form.FINDING, ("filled", "reasoned"), provision, choices=MET)


_OFFICE = (
    Kind(
        "request_for_information",
        Issuer.CBP,
        "Request for information",
        "Asks the importer for facts or documents about the goods.",
        "19 CFR 151.11; contents as on CBP Form 28",
        "answer in 30 days",
        (
            OPENING,
            LINES,
            Part("questions", "What is asked", Form.ITEMS, hint="One question or document a line."),
            Part("answer_by", "Answer by", Form.DATE, ("filled", "not_past")),
            Part("how_to_answer", "How to answer"),
            CLOSING,
        ),
    ),
    Kind(
        "notice_of_action",
        Issuer.CBP,
        "Notice of action",
        "Says what is proposed or done about an entry, and why.",
        "19 CFR 152.2; contents as on CBP Form 29",
        "20 days to object where the action is proposed",
        (
            OPENING,
            LINES,
            Part("stage", "Action is", Form.CHOICE, choices=(("proposed", "Proposed"), ("taken", "Taken"))),
            Part("action", "Action"),
            Part("reasons", "Reasons"),
            Part("object_by", "Objections by", Form.DATE, ("when_proposed", "not_past")),
            CLOSING,
        ),
    ),
    Kind(
        "notice_of_detention",
        Issuer.CBP,
        "Notice of detention",
        "Tells the importer that goods are detained, why, for how long, and what would help.",
        "19 U.S.C. 1499(c)(2); 19 CFR 151.16(c)",
        "within 5 business days after the detention",
        (
            OPENING,
            Part("detention_number", "Detention number", Form.SHORT),
            Part(
                "port", "Port code and name", Form.SHORT, ("filled", "port_code"), hint="For example 1601 Charleston."
            ),
            Part("detained_on", "Detained on", Form.DATE, ("filled", "not_future", "after_presentation")),
            Part("broker", "Broker", Form.SHORT, ()),
            LINES,
            Part("statement", "Detention", checks=("filled", "says_detained"), provision="19 U.S.C. 1499(c)(2)(A)"),
            GROUND,
            Part("reason", "Specific reason", provision="19 U.S.C. 1499(c)(2)(B)"),
            Part("length", "Anticipated length", provision="19 U.S.C. 1499(c)(2)(C)"),
            Part("inquiries", "Tests and inquiries", provision="19 U.S.C. 1499(c)(2)(D)"),
            Part(
                "speed",
                "Information that may speed the disposition",
                provision="19 U.S.C. 1499(c)(2)(E)",
            ),
            Part("documents", "Documents that may be sent", Form.ITEMS, provision="UFLPA addendum to the notice"),
            CLOSING,
        ),
        event="notice_issued",
    ),
    Kind(
        "notice_of_exclusion",
        Issuer.CBP,
        "Notice of exclusion",
        "Refuses the goods entry, with the ground, the reasons, and what the importer can still do.",
        "19 U.S.C. 1307; UFLPA sec. 3(a); 19 CFR 151.16(f)",
        "any time up to the 30th day after presentation",
        (
            OPENING,
            Part("excluded_on", "Excluded on", Form.DATE, ("filled", "not_future", "after_presentation")),
            LINES,
            Part(
                "legal_ground", "Legal ground", checks=("filled", "cites_the_law"), provision="19 U.S.C. 1307; sec. 3"
            ),
            GROUND,
            Part("reasons", "Reasons", hint="The link from the facts to the choice made."),
            Part("export_right", "Right to export", checks=("filled", "names_export"), provision="19 CFR 12.44"),
            Part(
                "protest_right",
                "Right to protest",
                checks=("filled", "names_protest"),
                provision="19 U.S.C. 1514(c)(3)",
            ),
            Part(
                "protest_by",
                "Last day to protest",
                Form.DATE,
                ("filled", "protest_day"),
                provision="180 days, counted from day 30 where the goods were deemed excluded before",
            ),
            CLOSING,
        ),
        rests_on=("adverse_decision",),
        event="excluded",
    ),
    Kind(
        "notice_of_seizure",
        Issuer.CBP,
        "Notice of seizure",
        "Tells the importer that goods are seized, under which statute, and how to petition.",
        "19 U.S.C. 1499(c)(4), 1618",
        "",
        (
            OPENING,
            Part("seized_on", "Seized on", Form.DATE, ("filled", "not_future", "after_presentation")),
            LINES,
            Part("statute", "Statute violated"),
            Part("facts", "Facts"),
            Part(
                "petition_right", "Right to petition", checks=("filled", "names_petition"), provision="19 U.S.C. 1618"
            ),
            CLOSING,
        ),
        event="seized",
    ),
    Kind(
        "release_notice",
        Issuer.CBP,
        "Release notice",
        "Tells the importer that the detention ends and the goods are released.",
        "19 CFR 151.16",
        "at once",
        (
            OPENING,
            Part("released_on", "Released on", Form.DATE, ("filled", "not_future", "after_presentation")),
            LINES,
            Part("statement", "End of the detention", checks=("filled", "says_detention_ends")),
            Part("basis", "What the release rests on"),
            CLOSING,
        ),
        rests_on=("favourable_decision",),
        event="released",
    ),
    Kind(
        "protest_decision",
        Issuer.CBP,
        "Decision on a protest",
        "Answers a protest against an exclusion.",
        "19 CFR 174.21(b), 174.30",
        "30 days after the protest is filed, or it is deemed denied",
        (
            OPENING,
            Part("protest_number", "Protest number", Form.SHORT),
            Part("filed_on", "Protest filed on", Form.DATE, ("filled", "not_future")),
            LINES,
            Part("decision", "Decision", Form.CHOICE, choices=(("allowed", "Allowed"), ("denied", "Denied"))),
            Part("reasons", "Reasons", provision="19 CFR 174.30(a)"),
            Part(
                "civil_action", "Right to a civil action", checks=("when_denied",), provision="19 CFR 174.30, 174.31"
            ),
            CLOSING,
        ),
        event="protest_decided",
    ),
    Kind(
        "exception_determination",
        Issuer.COMMISSIONER,
        "Determination on an exception",
        "Finds on each of the three conditions of an exception, with reasons and evidence.",
        "UFLPA sec. 3(b)",
        "where granted, a public report within 30 days",
        (
            OPENING,
            Part("determined_on", "Determined on", Form.DATE, ("filled", "not_future")),
            LINES,
            _condition("e1", "E1: compliance with the importer guidance", "UFLPA sec. 3(b)(1)(A)"),
            _condition("e2", "E2: answers to all inquiries", "UFLPA sec. 3(b)(1)(B)"),
            _condition("e3", "E3: clear and convincing evidence of no forced labour", "UFLPA sec. 3(b)(2)"),
            Part(
                "determination",
                "Determination",
                Form.CHOICE,
                ("filled", "follows_from_conditions", "as_decided"),
                choices=(("granted", "The exception is granted"), ("refused", "The exception is refused")),
            ),
            CLOSING,
        ),
        rests_on=("exception_decision",),
        event="exception_determined",
    ),
    Kind(
        "exception_report",
        Issuer.COMMISSIONER,
        "Report on an exception granted",
        "Tells Congress and the public for which goods an exception was granted, and which evidence was considered.",
        "UFLPA sec. 3(c)",
        "30 days after the determination",
        (
            OPENING,
            Part("determined_on", "Date of the determination", Form.DATE, ("filled", "not_future")),
            Part(
                "goods",
                "The goods",
                Form.ITEMS,
                ("filled", "nothing_confidential"),
                "UFLPA sec. 3(c)(1)",
                "What the goods are, as the public may know: description and tariff code.",
            ),
            Part(
                "evidence",
                "Evidence considered",
                Form.ITEMS,
                ("filled", "nothing_confidential"),
                "UFLPA sec. 3(c)(2)",
                "Kinds of records, without names, prices or quantities of anybody.",
            ),
            Part(
                "no_secrets",
                "I have read this report and it holds no confidential business information",
                Form.CONFIRM,
                ("confirmed",),
                "19 CFR 103.31; 18 U.S.C. 1905",
                "Names, prices, quantities, lots and methods of anybody. Confirm again after each change.",
            ),
        ),
        rests_on=("granted_determination",),
        is_public=True,
    ),
    Kind(
        "acknowledgement",
        Issuer.CBP,
        "Acknowledgement of submission",
        "Says what was received, when, for which goods, and what follows.",
        "by the case record",
        "at once",
        (
            OPENING,
            Part("received_on", "Received on", Form.DATE, ("filled", "not_future")),
            LINES,
            Part("exhibits", "What was received", Form.EXHIBITS),
            Part("what_follows", "What follows"),
            CLOSING,
        ),
    ),
)

_PAPERS = (
    Kind(
        "applicability_request",
        Issuer.IMPORTER,
        "Request for an applicability review",
        "Shows that the law does not apply: no input from Xinjiang, no listed entity, at any step.",
        "CBP UFLPA FAQ (Feb 2023)",
        "before the 30th day after presentation",
        (
            Part("addressee", "To", Form.SHORT),
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
    ),
    Kind(
        "exception_request",
        Issuer.IMPORTER,
        "Request for an exception",
        "Asks the Commissioner for an exception: all three conditions must be shown.",
        "UFLPA sec. 3(b)",
        "before the 30th day after presentation, or as or with a protest",
        (
            Part("addressee", "To", Form.SHORT),
            OPENING,
            LINES,
            Part("e1", "E1: compliance with the importer guidance", provision="UFLPA sec. 3(b)(1)(A)"),
            Part("e2", "E2: answers to all inquiries", provision="UFLPA sec. 3(b)(1)(B)"),
            Part("e3", "E3: clear and convincing evidence of no forced labour", provision="UFLPA sec. 3(b)(2)"),
            INDEX,
            CLOSING,
        ),
    ),
    Kind(
        "extension_request",
        Issuer.IMPORTER,
        "Request for more time",
        "Asks for more days to answer a request. The statutory 30 days do not move by it.",
        "Forced Labor Portal (2026): at most two a task, none once past due",
        "before the task is due",
        (
            Part("addressee", "To", Form.SHORT),
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
            Part("addressee", "To", Form.SHORT),
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
            PORT,
            Part("protestant", "Protestant, with address", checks=("filled",)),
            Part("importer_number", "Importer number", Form.SHORT),
            LINES,
            Part("face", "This is a protest against an exclusion", checks=("filled", "on_its_face"), bare=True),
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
    ),
    Kind(
        "disposal_notice",
        Issuer.IMPORTER,
        "Notice of export or abandonment",
        "Says that the goods leave the country, or are given up.",
        "19 CFR 158.43, 158.45",
        "before seizure",
        (
            Part("addressee", "To", Form.SHORT),
            OPENING,
            Part("act", "What is done", Form.CHOICE, choices=(("export", "Export"), ("abandon", "Abandonment"))),
            LINES,
            Part("destination", "Destination", Form.SHORT, ("when_exported",)),
            Part("carrier", "Carrier", Form.SHORT, ("when_exported",)),
            Part("leaves_on", "Date", Form.DATE),
            CLOSING,
        ),
    ),
)

KINDS: dict[str, Kind] = {kind.code: kind for kind in (*_OFFICE, *_PAPERS)}
# What the public report may be made of, and nothing else of the record.
PUBLIC_PARTS = ("opening", "determined_on", "goods", "evidence")
