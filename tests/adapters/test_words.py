"""Every text stands in three languages, says the same facts, and belongs to something."""

import re

import pytest

from tests.builders.gate import going_home, situation
from tests.builders.gate_cases import CASES
from tongguan.adapters.words import TextsError, places, text, texts, words
from tongguan.app.evidence.sources import EnrolmentFault
from tongguan.app.health.certificates import CertificateRefusal
from tongguan.app.health.codes import HealthRefusal
from tongguan.app.health.conversion import StatementRefusal
from tongguan.app.health.corrections import CorrectionFault
from tongguan.app.registration.registrations import RegistrationRefusal
from tongguan.core.certificates.verdict import CertificateFault, CertificateKind
from tongguan.core.evidence.batch_facts import TestOutcome as Outcome
from tongguan.core.evidence.batch_faults import BatchFault
from tongguan.core.evidence.records import Standing
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.evidence.two_officers import TwoOfficersFault
from tongguan.core.gate.decide import decide
from tongguan.core.gate.nodes import Expected
from tongguan.core.gate.requirement_checks import TOO_EARLY_FOR_SLOT
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.health.requirements import WayFault
from tongguan.core.notices import NoticeCode
from tongguan.core.reasons import ReasonCode
from tongguan.core.recognition.references import RecognisedUse
from tongguan.core.recognition.state import RecognitionState
from tongguan.core.texts import Language

TRADITIONAL = (
    "個們來這後說過時間開關閉檢測護國際號碼綠黃紅紙數據應錄輪場點聯絡請將還當與無從為對於產業"
    "責證書驗備讀寫錯誤單預約額滿須處辦層階區離診廣東灣門簽發銷權進絕轉強徵狀療務實規則條擇選"
    "項達遞幫頁顯線網電腦遲專屬義歸傳統計劃類別衞總現級隨聽給買賣張樣種稱續經紀細緊臨舊葉蓋藥"
    "親視訊討記訴詢試話認語調談論議讓負財貨費資質車較輸辭連運適遠遺釋鐘錢鎖鏈陸陽隊險雙難雲領"
    "題願風飛館馬體麼齊"
)
SIMPLIFIED = (
    "个们来这后说过时间开关闭检测护国际号码绿黄红纸数据应录轮场点联络请将还当与无从为对于产业"
    "责证书验备读写错误单预约额满须处办层阶区离诊广东湾门签发销权进绝转强征状疗务实规则条择选"
    "项达递帮页显线网电脑迟专属义归传统计划类别卫总现级随听给买卖张样种称续经纪细紧临旧叶盖药"
    "亲视讯讨记诉询试话认语调谈论议让负财货费资质车较输辞连运适远遗释钟钱锁链陆阳队险双难云领"
    "题愿风飞馆马体么齐"
)
"""Common characters that differ, one beside the other."""
HONG_KONG_ONLY = ("人手檢查", "證明文件", "打印本", "人工櫃檯", "同行人士", "檔案編號", "過關")
MAINLAND_ONLY = ("人工查验", "证明材料", "打印件", "人工通道", "纠错", "通关")


def test_words__are_given__in_the_language_asked_for() -> None:
    title = "reasons.wrong_control_point.title"

    assert words(title, Language.EN, expected="SZB", actual="LWU") == (
        "The pass is for SZB, not for LWU."
    )
    assert "口岸" in text("reasons.control_point_closed.title").zh_hant


def test_words__without_a_fact_or_a_key__are_an_error() -> None:
    with pytest.raises(TextsError, match="expected"):
        words("reasons.wrong_control_point.title", Language.EN, actual="LWU")
    with pytest.raises(TextsError, match=re.escape("reasons.nonsense.title")):
        words("reasons.nonsense.title", Language.EN)


def test_texts__cover__every_reason_and_nothing_else() -> None:
    wanted = {f"reasons.{code}.{part}" for code in ReasonCode for part in ("title", "remedy")}
    wanted |= {f"health.reasons.{r}.{part}" for r in HealthReason for part in ("title", "remedy")}
    wanted |= {f"health.colours.{colour}" for colour in Colour}
    wanted |= {f"gate.faults.{expected}" for expected in Expected}
    wanted |= {f"notices.{code}.{part}" for code in NoticeCode for part in ("title", "remedy")}
    wanted |= {f"certificates.faults.{fault}" for fault in CertificateFault}
    wanted |= {f"certificates.kinds.{kind}" for kind in CertificateKind}
    wanted |= {f"requirements.faults.{fault}" for fault in (*WayFault, TOO_EARLY_FOR_SLOT)}
    groups = ("reasons.", "health.reasons.", "health.colours.", "gate.faults.", "notices.")
    groups += ("certificates.faults.", "certificates.kinds.", "requirements.faults.")
    present = {key for key in texts() if key.startswith(groups)}

    assert present == wanted


def test_texts__cover__everything_that_keeps_hands_off_colours() -> None:
    groups = {
        "notices": HealthNoticeCode,
        "two_officers": TwoOfficersFault,
        "corrections": CorrectionFault,
    }
    wanted = {
        f"health_controls.{group}.{code}.{part}"
        for group, codes in groups.items()
        for code in codes
        for part in ("title", "remedy")
    }

    assert {key for key in texts() if key.startswith("health_controls.")} == wanted


def test_texts__cover__why_nobody_was_registered_or_given_a_code() -> None:
    wanted = {f"registration.refusals.{code}" for code in RegistrationRefusal}
    wanted |= {f"health_pages.refusals.{code}" for code in HealthRefusal}
    groups = ("registration.", "health_pages.refusals.")

    assert {key for key in texts() if key.startswith(groups)} == wanted


def test_texts__cover__what_two_authorities_recognise_and_people_carry() -> None:
    wanted = {
        f"recognition.refusals.{code}.{part}"
        for code in StatementRefusal
        for part in ("title", "remedy")
    }
    wanted |= {f"recognition.states.{state}" for state in RecognitionState}
    wanted |= {f"recognition.usages.{usage}" for usage in RecognisedUse}
    wanted |= {f"recognition.outcomes.{outcome}" for outcome in Outcome}
    groups = tuple(f"recognition.{each}." for each in ("refusals", "states", "usages", "outcomes"))

    assert {key for key in texts() if key.startswith(groups)} == wanted


def test_texts__cover__why_no_certificate_was_taken_in() -> None:
    codes = CertificateRefusal
    wanted = {f"brought.refusals.{c}.{part}" for c in codes for part in ("title", "remedy")}
    wanted |= {f"brought.standings.{standing}" for standing in Standing}
    groups = ("brought.refusals.", "brought.standings.")

    assert {key for key in texts() if key.startswith(groups)} == wanted


def test_texts__cover__everything_about_batches_and_sources() -> None:
    groups = {
        "batch": BatchFault,
        "enrolment": EnrolmentFault,
        "source_kinds": SourceKind,
        "standings": Standing,
    }
    wanted = {f"evidence.{group}.{code}" for group, codes in groups.items() for code in codes}

    assert {key for key in texts() if key.startswith("evidence.")} == wanted
    assert all(places(text(f"evidence.batch.{each}").en) == {"place"} for each in BatchFault)


def test_faults_of_files__name__the_place() -> None:
    for expected in Expected:
        assert "path" in places(text(f"gate.faults.{expected}").en)
        assert places(text(f"gate.faults.{expected}").en) <= {"path", "detail"}


def test_texts__name__the_same_facts_in_every_language() -> None:
    for key, each in texts().items():
        by_language = [places(each.in_language(language)) for language in Language]
        assert by_language[0] == by_language[1] == by_language[2], key


def test_titles_of_the_gate__are_filled__from_the_facts_of_its_reasons() -> None:
    for _, given, _, _ in CASES:
        for reason in decide(given).reasons:
            for part in ("title", "remedy"):
                for language in Language:
                    said = words(f"reasons.{reason.code}.{part}", language, **reason.facts)
                    assert "{" not in said


FACTS_AT_THE_DESK = {
    ReasonCode.BOOKING_NOT_NEEDED: {"control_point"},
    ReasonCode.EVIDENCE_FOLLOWS: {"evidence", "days"},
    ReasonCode.GRANTED_SPONSOR_LIST: {"sponsor"},
    ReasonCode.HEAD_TOO_YOUNG: {"age_min", "day"},
    ReasonCode.HOLD_EXPIRED: {"held_until"},
    ReasonCode.NOT_ON_SPONSOR_LIST: {"sponsor", "person_numbers"},
    ReasonCode.PLACES_KEPT_ELSEWHERE: {"direction", "party"},
    ReasonCode.SPONSOR_UNKNOWN: {"sponsor"},
    ReasonCode.STAYED_OUTSIDE: {"days", "division"},
    ReasonCode.STAY_NOT_STATED: {"days"},
    ReasonCode.STAY_TOO_BROAD: {"division"},
}
"""What the rules give with each; ``tests/core/eligibility`` holds them to it."""


def test_reasons_outside_the_gate__need__no_facts_but_those_the_rules_give() -> None:
    at_the_gate = {reason.code for _, given, _, _ in CASES for reason in decide(given).reasons}
    assert decide(situation()).codes == decide(going_home()).codes

    for code in set(ReasonCode) - at_the_gate:
        for part in ("title", "remedy"):
            given = FACTS_AT_THE_DESK.get(code, set())
            assert places(text(f"reasons.{code}.{part}").en) <= given, code


@pytest.mark.parametrize(
    ("language", "foreign"),
    [
        (Language.ZH_HANT, set(SIMPLIFIED)),
        (Language.ZH_HANS, set(TRADITIONAL)),
    ],
)
def test_chinese_texts__keep__to_their_own_script(language: Language, foreign: set[str]) -> None:
    for key, each in texts().items():
        assert not foreign & set(each.in_language(language)), key


def test_character_lists__stand__beside_each_other() -> None:
    assert len(TRADITIONAL) == len(SIMPLIFIED)
    assert not set(TRADITIONAL) & set(SIMPLIFIED)


def test_chinese_texts__keep__to_their_own_sides_words() -> None:
    for key, each in texts().items():
        assert not any(word in each.zh_hant for word in MAINLAND_ONLY), key
        assert not any(word in each.zh_hans for word in HONG_KONG_ONLY), key


def test_chinese_texts__end__as_the_english_do() -> None:
    for key, each in texts().items():
        if key.endswith((".title", ".remedy")):
            ends = each.en.endswith(".")
            assert each.zh_hant.endswith("。") is ends, key
            assert each.zh_hans.endswith("。") is ends, key
