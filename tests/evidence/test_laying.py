"""Whether two names on papers are those of one firm."""

import pytest

from evidence.services.laying import Parties


def same(one, other, **declared):
    return Parties(declared, {}, {step: step for step in declared}).same(one, other)


ENGLISH, NATIVE = "Foshan Xinda Aluminium Co., Ltd.", "佛山信达铝业有限公司"


@pytest.mark.parametrize("declared", [{}, {"2": {ENGLISH}}, {"2": {NATIVE}}, {"2": {ENGLISH, NATIVE}}])
def test_a_firm_is_known_by_the_sound_of_its_name_in_chinese(declared):
    assert same(ENGLISH, NATIVE, **declared) is True


@pytest.mark.parametrize("other", ["佛山信达包装有限公司", "乐山信达铝业有限公司", "日升贸易有限公司"])
def test_a_name_that_sounds_otherwise_may_be_a_translation(other):
    assert same(ENGLISH, other) is None
    assert same(ENGLISH, other, **{"2": {ENGLISH}}) is None


def test_a_firm_declared_in_both_scripts_is_not_one_called_otherwise():
    assert same(ENGLISH, "日升贸易有限公司", **{"2": {ENGLISH, NATIVE}}) is False
