"""The proof grid as a to-do list for the importer: what is missing, for which step, why it is asked, what does not
agree. No judgement of the office stands here, and no firm the importer did not declare itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evidence import reference
from evidence.domain.requirements import IMPORT, PACKAGE
from evidence.services.proof_grids import Content


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the importer's chain: what is to be sent, what must be mended, what is there."""

    key: str
    title: str
    note: str
    missing: list[dict[str, str]]
    mend: list[str]
    there: list[str]

    @property
    def is_done(self) -> bool:
        return not self.missing and not self.mend


def steps_of(content: Content) -> list[Step]:
    """Every step with what it still needs, nearest the importer first."""
    return [_step(one, content) for one in content["steps"]]


def clashes_of(content: Content) -> list[dict[str, Any]]:
    """What does not agree between papers of the importer, with both places."""
    return [one for one in content["ties"] if one["state"] == "breaks"]


def unplaced_of(content: Content) -> list[Content]:
    """Papers of which it is not known for which step they are."""
    return [one for one in content["papers"].values() if not one["steps"] and not one["is_blank_form"]]


def sentence_of(steps: list[Step]) -> str:
    """How much is there and how much is not, in one sentence."""
    missing = sum(len(one.missing) for one in steps)
    mend = sum(len(one.mend) for one in steps)
    if not missing and not mend:
        return "Every paper that is asked for is in the file. Whether they prove the chain is for the office to say."
    open_steps = sum(not one.is_done for one in steps)
    parts = [f"{_count(missing, 'paper')} {'is' if missing == 1 else 'are'} not in the file"] if missing else []
    parts += [f"{_count(mend, 'thing')} {'needs' if mend == 1 else 'need'} mending"] if mend else []
    return f"{' and '.join(parts).capitalize()}, for {_count(open_steps, 'step')} of your chain."


def _step(step: Content, content: Content) -> Step:
    missing, mend, there = [], [], []
    for family in reference.families():
        cell = content["cells"][step["key"]][family.code]
        for item in cell["items"]:
            if item["state"] == "missing":
                missing.append({"label": item["label"], "why": item["purpose"], "source": item["source"]})
            elif item["papers"]:
                there.append(f"{item['label']}: {_titles(item['papers'], content)}")
        for paper in cell["papers"]:
            title = content["papers"][str(paper["paper"])]["title"]
            mend += [f"{title}: {problem}" for problem in paper["problems"] if "not sure" not in problem]
    return Step(step["key"], _title(step), _note(step), missing, list(dict.fromkeys(mend)), there)


def _title(step: Content) -> str:
    if step["key"] == PACKAGE:
        return "The package as a whole"
    if step["key"] == IMPORT:
        return "Your purchase and importation"
    if step["is_gap"]:
        return f"{step['name'][:1].upper()}{step['name'][1:]}"
    name = " ".join(filter(None, (step["native_name"], step["name"])))
    return f"{name}, {step['stage']}" if step["stage"] else name


def _note(step: Content) -> str:
    if step["is_gap"]:
        return "You have not said who this is: name the firm on the chain of the shipment first."
    return ""


def _titles(keys: list[int], content: Content) -> str:
    return ", ".join(content["papers"][str(key)]["title"] for key in keys)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
