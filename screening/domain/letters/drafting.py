"""The first draft of a letter, out of the case and the office's wording; a person edits it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from screening.domain.letters.checks import GAP, Facts, in_words, protest_by
from screening.domain.letters.kinds import Form, Kind
from screening.domain.letters.parts import GROUNDS

DAYS_TO_ANSWER = 30  # request for information (CBP Form 28)
DAYS_TO_OBJECT = 20  # notice of a proposed action (CBP Form 29)


class _Words(dict[str, str]):
    """What a wording may name; what the case does not know stands as a gap that blocks issue."""

    def __missing__(self, name: str) -> str:
        return GAP


def draft(kind: Kind, facts: Facts, wording: Mapping[str, Any]) -> dict[str, Any]:
    """Every content of the letter as far as the case says it; empty where it does not."""
    words = words_of(facts)
    contents: dict[str, Any] = {}
    for part in kind.parts:
        told = wording.get(part.code)
        if part.code == "lines" and kind.rests_on:
            contents[part.code] = _decided_lines(facts)
        elif (take := _TAKEN.get(f"{kind.code}.{part.code}") or _TAKEN.get(part.code)) is not None:
            contents[part.code] = take(facts)
        elif isinstance(told, list):
            contents[part.code] = [line.format_map(words) for line in told]
        elif told is not None:
            contents[part.code] = told.format_map(words)
        else:
            contents[part.code] = _NOTHING.get(part.form, "")
    return contents


def words_of(facts: Facts) -> Mapping[str, str]:
    """What the office's wording may name in braces, in words."""
    words = _Words(
        case=facts["case"],
        importer=facts["importer"]["name"],
        office=facts["office"],
        today=in_words(facts["today"]),
        **{name: facts["importer"][name] for name in ("number",) if facts["importer"].get(name)},
    )
    if entries := _distinct(line["entry"] for line in facts["lines"]):
        words["entries"] = ", ".join(entries)
    if goods := _distinct(line["description"] for line in facts["lines"]):
        words["goods"] = "; ".join(goods)
    if facts["grounds"]:
        held = [label for code, label in GROUNDS if code in facts["grounds"]]
        words["grounds"] = "; ".join(label[:1].lower() + label[1:] for label in held)
    if facts["reasons"]:
        words["reasons"] = "\n\n".join(facts["reasons"])
    if detention := facts.get("detention"):
        for name in ("presented_on", "detained_on", "last_day", "deemed_on", "notice_by"):
            if detention[name]:
                words[name] = in_words(detention[name])
        words["port"] = detention["port"] or GAP
    words["protest_by"] = in_words(protest_by(_excluded_on(facts), facts))
    if exclusion := facts.get("exclusion"):
        words["excluded_on"] = in_words(exclusion["on"])
        words["how_excluded"] = "by notice" if exclusion["is_express"] else "by law, without a decision"
    if decision := facts.get("decision"):
        words["conclusion"] = decision["conclusion_words"]
        words["decision_reasons"] = decision["reasons"]
        words["decided_on"] = in_words(decision["on"])
        words["pathway"] = decision["pathway_words"]
    if request := facts.get("request"):
        words["request"] = f"request of {in_words(request['asked_on'])}, due on {in_words(request['due_on'])}"
    words["exhibits"] = str(len(facts["exhibits"]))
    words["steps"] = str(max((node["step"] for node in facts["chain"]), default=0))
    return words


def finding_of(code: str) -> Callable[[Facts], dict[str, str]]:
    """A condition of an exception as the reviewer judged it in the sealed record of the decision."""

    def take(facts: Facts) -> dict[str, str]:
        judged = ((facts.get("decision") or {}).get("judged") or {}).get(code)
        if judged is None:
            return {"verdict": "", "reasons": "", "evidence": ""}
        return {
            "verdict": "met" if judged["verdict"] == "shown" else "not_met",
            "reasons": judged["reason"],
            "evidence": "\n".join(judged["evidence"]),
        }

    return take


# --- what is taken from the case, by the code of the part (or kind.part where one kind differs) ---------------------


def _today(facts: Facts) -> str:
    return str(facts["today"].isoformat())


def _excluded_on(facts: Facts) -> date:
    """The day an exclusion is on record; where none is, it would be today."""
    day: date = (facts.get("on_record") or {}).get("excluded_on") or facts["today"]
    return day


def _on_record(name: str) -> Callable[[Facts], str]:
    """The day on record in law; where the letter itself is the act, today."""
    return lambda facts: ((facts.get("on_record") or {}).get(name) or facts["today"]).isoformat()


def _decided_lines(facts: Facts) -> list[dict[str, Any]]:
    """The lines the decision speaks of; all where it names none."""
    decided = (facts.get("decision") or {}).get("lines") or []
    return [row for row in facts["lines"] if not decided or row["line"] in decided]


def _in_days(days: int) -> Callable[[Facts], str]:
    return lambda facts: (facts["today"] + timedelta(days=days)).isoformat()


def _of_detention(name: str) -> Callable[[Facts], str]:
    def take(facts: Facts) -> str:
        value = (facts.get("detention") or {}).get(name) or ""
        return value.isoformat() if isinstance(value, date) else value

    return take


def _of_protest(name: str) -> Callable[[Facts], str]:
    def take(facts: Facts) -> str:
        value = (facts.get("protest") or {}).get(name) or ""
        return value.isoformat() if isinstance(value, date) else value

    return take


def _of_importer(name: str) -> Callable[[Facts], str]:
    return lambda facts: facts["importer"].get(name) or ""


def _of_exclusion(facts: Facts) -> str:
    exclusion = facts.get("exclusion")
    return exclusion["on"].isoformat() if exclusion else ""


def _of_determination(facts: Facts) -> str:
    return (facts.get("determination") or {}).get("determined_on", "")


def _of_decision(facts: Facts) -> str:
    """The reasons the office decided on, as the approver confirmed them."""
    decision = facts.get("decision")
    return (
        "\n\n".join(one for one in (decision["recommended_reasons"], decision["reasons"]) if one) if decision else ""
    )


def _determination(facts: Facts) -> str:
    conclusion = (facts.get("decision") or {}).get("conclusion", "")
    return {"exception_met": "granted", "exception_not_met": "refused"}.get(conclusion, "")


def _questions(facts: Facts) -> list[str]:
    return list((facts.get("request") or {}).get("items", ()))


def _answer_by(facts: Facts) -> str:
    request = facts.get("request")
    return request["due_on"].isoformat() if request else _in_days(DAYS_TO_ANSWER)(facts)


def _ace_secondary(facts: Facts) -> str:
    pathway = (facts.get("decision") or {}).get("pathway", "applicability")
    return "UFLPA Exception Review" if pathway == "exception" else "UFLPA Applicability Review"


def _chain(facts: Facts) -> list[str]:
    """From the raw material to the importer, one firm a line, the native name first."""
    lines = []
    for node in sorted(facts["chain"], key=lambda node: (-node["step"], node["name"])):
        names = " · ".join(name for name in (node["native_name"], node["name"]) if name)
        rest = ", ".join(part for part in (node["stage"], node["country"]) if part)
        steps = "direct supplier" if node["step"] == 1 else f"{node['step']} steps upstream"
        lines.append(f"{steps}: {names}" + (f" ({rest})" if rest else ""))
    return lines


def _producers(facts: Facts) -> list[str]:
    by_step: dict[tuple[int, str], list[str]] = {}
    for node in facts["chain"]:
        name = " · ".join(name for name in (node["native_name"], node["name"]) if name)
        by_step.setdefault((-node["step"], node["stage"]), []).append(name)
    return [
        f"{stage or f'{-step} steps upstream'}: {'; '.join(names)}" for (step, stage), names in sorted(by_step.items())
    ]


def _public_goods(facts: Facts) -> list[str]:
    """The goods as the public may know them: what they are, and their tariff code to six digits."""
    return _distinct(
        f"{line['description']} (HTS {line['hts'].replace('.', '')[:6]})" if line["hts"] else line["description"]
        for line in facts["lines"]
    )


_TAKEN: dict[str, Callable[[Facts], Any]] = {
    "lines": lambda facts: list(facts["lines"]),
    "grounds": lambda facts: list(facts["grounds"]),
    "index": lambda facts: list(facts["exhibits"]),
    "exhibits": lambda facts: list(facts["exhibits"]),
    "questions": _questions,
    "answer_by": _answer_by,
    "object_by": _in_days(DAYS_TO_OBJECT),
    "detention_number": _of_detention("number"),
    "port": _of_detention("port"),
    "detained_on": _of_detention("detained_on"),
    "broker": _of_importer("broker"),
    "excluded_on": _on_record("excluded_on"),
    "protest_by": lambda facts: protest_by(_excluded_on(facts), facts).isoformat(),
    "notice_of_exclusion.reasons": _of_decision,
    "released_on": _on_record("released_on"),
    "seized_on": _today,
    "received_on": _today,
    "determined_on": _today,
    "exception_determination.e1": finding_of("E1"),
    "exception_determination.e2": finding_of("E2"),
    "exception_determination.e3": finding_of("E3"),
    "determination": _determination,
    "exception_report.determined_on": _of_determination,
    "goods": _public_goods,
    "no_secrets": lambda facts: None,
    "chain": _chain,
    "producers": _producers,
    "importer_number": _of_importer("number"),
    "decided_on": _of_exclusion,
    "protest.filed_on": _today,
    "protest_decision.protest_number": _of_protest("number"),
    "protest_decision.filed_on": _of_protest("filed_on"),
    "ace_issue": lambda facts: "Other",
    "ace_secondary": _ace_secondary,
    "extension_request.due_on": lambda facts: facts["request"]["due_on"].isoformat() if facts.get("request") else "",
    "outstanding": lambda facts: list((facts.get("request") or {}).get("open_items", ())),
}
_NOTHING: dict[Form, Any] = {
    Form.ITEMS: [],
    Form.GROUNDS: [],
    Form.LINES: [],
    Form.EXHIBITS: [],
    Form.FINDING: {"verdict": "", "reasons": "", "evidence": ""},
    Form.CONFIRM: None,
}


def _distinct(values: Any) -> list[str]:
    found: Sequence[str] = [value for value in values if value]
    return list(dict.fromkeys(found))
