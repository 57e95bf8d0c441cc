"""Four eyes on decisions, held by the database itself: nobody decides on what they had a hand in.

A hand in a review: a verdict on any question of the pathway or cell of the proof grid, a finding set aside, the
recommendation. By whatever account: the persons are looked up as they were recorded and as they are now.
"""

from __future__ import annotations

from entities.four_eyes import Rule

_HANDS = (
    "SELECT r.recommended_person_id FROM screening_recommendation r WHERE r.id = {of}"
    " UNION SELECT u.person_id FROM screening_recommendation r JOIN entities_user u ON u.id = r.recommended_by_id"
    " WHERE r.id = {of}"
    " UNION SELECT u.person_id FROM screening_recommendation r JOIN evidence_assessment a"
    " ON a.case_id = r.case_id AND a.pathway IN (r.pathway, '') JOIN entities_user u ON u.id = a.author_id"
    " WHERE r.id = {of}"
    " UNION SELECT o.author_person_id FROM screening_recommendation r JOIN screening_override o"
    " ON o.case_id = r.case_id WHERE r.id = {of}"
    " UNION SELECT u.person_id FROM screening_recommendation r JOIN screening_override o ON o.case_id = r.case_id"
    " JOIN entities_user u ON u.id = o.author_id WHERE r.id = {of}"
)
_DRAWN = "(SELECT d.recommendation_id FROM screening_draw w JOIN screening_decision d ON d.id = w.decision_id"
RULES = (
    Rule(
        "four_eyes_recommendation",
        "screening_recommendation",
        "INSERT",
        "NEW.recommended_person_id <> (SELECT person_id FROM entities_user WHERE id = NEW.recommended_by_id)",
        "a recommendation bears the person of its account",
    ),
    Rule(
        "four_eyes_override",
        "screening_override",
        "INSERT",
        "NEW.author_person_id <> (SELECT person_id FROM entities_user WHERE id = NEW.author_id)",
        "a finding set aside bears the person of its account",
    ),
    Rule(
        "four_eyes_decision",
        "screening_decision",
        "INSERT",
        "NEW.decided_person_id <> (SELECT person_id FROM entities_user WHERE id = NEW.decided_by_id)"
        f" OR NEW.decided_person_id IN ({_HANDS.format(of='NEW.recommendation_id')})"
        " OR NOT EXISTS (SELECT 1 FROM screening_recommendation r WHERE r.id = NEW.recommendation_id"
        " AND r.case_id = NEW.case_id AND r.pathway = NEW.pathway AND r.conclusion = NEW.conclusion"
        " AND r.recommended_person_id = NEW.recommended_person_id)",
        "nobody decides on what they reviewed, and a decision says what was recommended",
    ),
    Rule(
        "four_eyes_second_look",
        "screening_secondlook",
        "INSERT",
        "NEW.author_person_id <> (SELECT person_id FROM entities_user WHERE id = NEW.author_id)"
        f" OR NEW.author_person_id IN ({_HANDS.format(of=f'{_DRAWN} WHERE w.id = NEW.draw_id)')}"
        " UNION SELECT d.decided_person_id FROM screening_draw w JOIN screening_decision d ON d.id = w.decision_id"
        " WHERE w.id = NEW.draw_id"
        " UNION SELECT u.person_id FROM screening_draw w JOIN screening_decision d ON d.id = w.decision_id"
        " JOIN entities_user u ON u.id = d.decided_by_id WHERE w.id = NEW.draw_id)",
        "a second look is given by somebody who had no hand in the decision",
    ),
)
