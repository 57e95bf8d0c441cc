"""A Chinese division's name without its unit word, and how it is romanised: 石家庄市 is 石家庄, shijiazhuang."""

import re

from pypinyin import lazy_pinyin, load_phrases_dict

_UNIT = re.compile(r"(新区|矿区|林区|地区|特区|特别行政区|自治区|自治州|自治县|自治旗|省|市|盟|县|旗|区)$")
_LAST = re.compile(r"[市盟县旗区]$")
_PEOPLES = (
    "蒙古|回|藏|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|怒|"
    "鄂温克|德昂|保安|裕固|独龙|鄂伦春|普米|阿昌|各"
)
_PEOPLE = re.compile(rf"(({_PEOPLES})族)+$")

# As the places write themselves; 陕西 so, apart from 山西.
load_phrases_dict({"陕西": [["shaan"], ["xi"]], "长治": [["chang"], ["zhi"]], "泊头": [["bo"], ["tou"]]})


def stem_of(name_zh: str) -> str:
    """The name without its unit and without the peoples an autonomous unit is named for; never a single character."""
    for unit in (_UNIT, _LAST):
        bare = unit.sub("", name_zh)
        bare = _PEOPLE.sub("", bare) or bare.removesuffix("族")
        if len(bare) > 1:
            return bare
    return name_zh


def pinyin_of(stem_zh: str) -> str:
    """The syllables joined, as a place is written in Latin letters. 都 in a place name is du, never dou."""
    return "".join("du" if character == "都" else syllable for character, syllable in _syllables(stem_zh))


def _syllables(text: str) -> list[tuple[str, str]]:
    return list(zip(text, lazy_pinyin(text), strict=True))
