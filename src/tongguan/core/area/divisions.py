"""The table of administrative divisions (GB/T 2260), with names in three languages.

It holds every province, Guangdong down to its cities, and Shenzhen down to its districts: what
schemes name. A code below a division whose parts are not in the table is known by its nearest
part that is (420100 by 420000), because ranges are prefixes and nothing else is asked of it.
"""

import re
from dataclasses import dataclass
from typing import Final

from tongguan.core.identifiers import DivisionCode
from tongguan.core.texts import Text

DIVISION_TABLE_REVISION: Final = "201904"
"""Month of the Ministry of Civil Affairs' table that the codes were taken from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Division:
    """One row of the table."""

    code: DivisionCode
    """Six digits."""
    name: Text


def prefix_of(code: str) -> str:
    """The digits that a division's parts begin with: 440000 → 44, 440300 → 4403."""
    if len(code) == 6 and code.endswith("0000"):
        return code[:2]
    return code.removesuffix("00") if len(code) == 6 else code


def is_within(code: str, division: str) -> bool:
    """Whether a division is the other one or a part of it; by prefix, never by number range."""
    return prefix_of(code).startswith(prefix_of(division))


def is_division(code: str) -> bool:
    """Whether the code, of two, four or six digits, names a division of the table."""
    return nearest_division(code) is not None


def is_place(code: str) -> bool:
    """Whether the code is a division's, or nine digits of a street in a division of the table."""
    return is_division(code[:6] if re.fullmatch(r"[0-9]{9}", code) else code)


def nearest_division(code: str) -> Division | None:
    """The division of a code, or the nearest in the table that it lies in; None when unknown.

    A code is unknown when the table lists the parts of the division above it, and not this one.
    """
    if re.fullmatch(r"[0-9]{2}(?:[0-9]{2}){0,2}", code) is None:
        return None
    prefix = prefix_of(code)
    for length in (6, 4, 2):
        row = _BY_PREFIX.get(prefix[:length]) if length <= len(prefix) else None
        if row is not None:
            exact = length == len(prefix)
            return row if exact or prefix[:length] not in _WITH_PARTS_LISTED else None
    return None


def _division(code: str, zh_hans: str, zh_hant: str, en: str) -> Division:
    name = Text(zh_hant=zh_hant, zh_hans=zh_hans, en=en)
    return Division(code=DivisionCode(code), name=name)


_PROVINCES = (
    _division("110000", "北京市", "北京市", "Beijing"),
    _division("120000", "天津市", "天津市", "Tianjin"),
    _division("130000", "河北省", "河北省", "Hebei"),
    _division("140000", "山西省", "山西省", "Shanxi"),
    _division("150000", "内蒙古自治区", "內蒙古自治區", "Inner Mongolia"),
    _division("210000", "辽宁省", "遼寧省", "Liaoning"),
    _division("220000", "吉林省", "吉林省", "Jilin"),
    _division("230000", "黑龙江省", "黑龍江省", "Heilongjiang"),
    _division("310000", "上海市", "上海市", "Shanghai"),
    _division("320000", "江苏省", "江蘇省", "Jiangsu"),
    _division("330000", "浙江省", "浙江省", "Zhejiang"),
    _division("340000", "安徽省", "安徽省", "Anhui"),
    _division("350000", "福建省", "福建省", "Fujian"),
    _division("360000", "江西省", "江西省", "Jiangxi"),
    _division("370000", "山东省", "山東省", "Shandong"),
    _division("410000", "河南省", "河南省", "Henan"),
    _division("420000", "湖北省", "湖北省", "Hubei"),
    _division("430000", "湖南省", "湖南省", "Hunan"),
    _division("440000", "广东省", "廣東省", "Guangdong"),
    _division("450000", "广西壮族自治区", "廣西壯族自治區", "Guangxi"),
    _division("460000", "海南省", "海南省", "Hainan"),
    _division("500000", "重庆市", "重慶市", "Chongqing"),
    _division("510000", "四川省", "四川省", "Sichuan"),
    _division("520000", "贵州省", "貴州省", "Guizhou"),
    _division("530000", "云南省", "雲南省", "Yunnan"),
    _division("540000", "西藏自治区", "西藏自治區", "Tibet"),
    _division("610000", "陕西省", "陝西省", "Shaanxi"),
    _division("620000", "甘肃省", "甘肅省", "Gansu"),
    _division("630000", "青海省", "青海省", "Qinghai"),
    _division("640000", "宁夏回族自治区", "寧夏回族自治區", "Ningxia"),
    _division("650000", "新疆维吾尔自治区", "新疆維吾爾自治區", "Xinjiang"),
    _division("710000", "台湾省", "台灣省", "Taiwan"),
    _division("810000", "香港特别行政区", "香港特別行政區", "Hong Kong"),
    _division("820000", "澳门特别行政区", "澳門特別行政區", "Macao"),
)

_CITIES_OF_GUANGDONG = (
    _division("440100", "广州市", "廣州市", "Guangzhou"),
    _division("440200", "韶关市", "韶關市", "Shaoguan"),
    _division("440300", "深圳市", "深圳市", "Shenzhen"),
    _division("440400", "珠海市", "珠海市", "Zhuhai"),
    _division("440500", "汕头市", "汕頭市", "Shantou"),
    _division("440600", "佛山市", "佛山市", "Foshan"),
    _division("440700", "江门市", "江門市", "Jiangmen"),
    _division("440800", "湛江市", "湛江市", "Zhanjiang"),
    _division("440900", "茂名市", "茂名市", "Maoming"),
    _division("441200", "肇庆市", "肇慶市", "Zhaoqing"),
    _division("441300", "惠州市", "惠州市", "Huizhou"),
    _division("441400", "梅州市", "梅州市", "Meizhou"),
    _division("441500", "汕尾市", "汕尾市", "Shanwei"),
    _division("441600", "河源市", "河源市", "Heyuan"),
    _division("441700", "阳江市", "陽江市", "Yangjiang"),
    _division("441800", "清远市", "清遠市", "Qingyuan"),
    _division("441900", "东莞市", "東莞市", "Dongguan"),
    _division("442000", "中山市", "中山市", "Zhongshan"),
    _division("445100", "潮州市", "潮州市", "Chaozhou"),
    _division("445200", "揭阳市", "揭陽市", "Jieyang"),
    _division("445300", "云浮市", "雲浮市", "Yunfu"),
)

_DISTRICTS_OF_SHENZHEN = (
    _division("440303", "罗湖区", "羅湖區", "Luohu"),
    _division("440304", "福田区", "福田區", "Futian"),
    _division("440305", "南山区", "南山區", "Nanshan"),
    _division("440306", "宝安区", "寶安區", "Bao'an"),
    _division("440307", "龙岗区", "龍崗區", "Longgang"),
    _division("440308", "盐田区", "鹽田區", "Yantian"),
    _division("440309", "龙华区", "龍華區", "Longhua"),
    _division("440310", "坪山区", "坪山區", "Pingshan"),
    _division("440311", "光明区", "光明區", "Guangming"),
)

DIVISIONS: Final = (*_PROVINCES, *_CITIES_OF_GUANGDONG, *_DISTRICTS_OF_SHENZHEN)

_BY_PREFIX: Final = {prefix_of(division.code): division for division in DIVISIONS}

# Guangdong's cities and Shenzhen's districts are all here; Dongguan and Zhongshan have no parts;
# Taiwan, Hong Kong and Macao have no lower codes in the table.
_WITH_PARTS_LISTED: Final = frozenset({"44", "4403", "4419", "4420", "71", "81", "82"})
