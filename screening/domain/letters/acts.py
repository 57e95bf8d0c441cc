"""Letters of the authority: notices, requests, decisions and reports, and what the law asks of each."""

from __future__ import annotations

from screening.domain.letters.kinds import Act, Choices, Form, Issuer, Kind, Part
from screening.domain.letters.parts import CLOSING, DAY_OF_ACT, GROUNDS, LINES, OPENING, PORT

MET: Choices = (("met", "Met"), ("not_met", "Not met"))

GROUND = Part(
    "grounds",
    "Ground",
    Form.GROUNDS,
    provision="UFLPA sec. 3(a)",
    hint="Which ground of the presumption applies. A notice that leaves it open is open to attack.",
    choices=GROUNDS,
)


def _condition(code: str, label: str, provision: str) -> Part:
    return Part(code, label, Form.FINDING, ("filled", "reasoned"), provision, choices=MET)


ACTS = (
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
        received=("information_asked",),
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
            PORT,
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
        acts=(Act("notice_issued"),),
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
            Part("excluded_on", "Excluded on", Form.DATE, DAY_OF_ACT),
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
        acts=(Act("excluded", day="excluded_on"),),
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
        acts=(Act("seized", day="seized_on"),),
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
            Part("released_on", "Released on", Form.DATE, DAY_OF_ACT),
            LINES,
            Part("statement", "End of the detention", checks=("filled", "says_detention_ends")),
            Part("basis", "What the release rests on"),
            CLOSING,
        ),
        rests_on=("favourable_decision",),
        acts=(Act("released", day="released_on"),),
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
        acts=(
            Act("protest_allowed", when=("decision", "allowed")),
            Act("protest_denied", when=("decision", "denied")),
        ),
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
        acts=(
            Act("exception_granted", day="determined_on", when=("determination", "granted")),
            Act("exception_refused", day="determined_on", when=("determination", "refused")),
        ),
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
