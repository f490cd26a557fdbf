"""Rules of health codes are data, read strictly: nothing is guessed, every fault is named."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tongguan.adapters.deployment import Deployment, open_authority
from tongguan.adapters.health_rule_files import (
    FILE_NAME,
    HealthRulesError,
    bundled_health_rules,
    health_rules_of,
    load_health_rules,
)
from tongguan.core.evidence.records import Route
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.expected_false import expected_false_per_10000
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.rules import HealthRules
from tongguan.core.identifiers import AuthorityId
from tongguan.core.people import Assurance
from tongguan.core.scheme.faults import FaultCode

HK, GD = AuthorityId("HK"), AuthorityId("GD")
FOLDER = Path(__file__).parents[2] / "src/tongguan/health_rules"
BUNDLED = (FOLDER / "hk-2021-12.yaml").read_text(encoding="utf-8")
WriteRules = Callable[[str], Path]


@pytest.fixture
def written(tmp_path: Path) -> WriteRules:
    def write(text: str) -> Path:
        path = tmp_path / FILE_NAME
        path.write_text(text, encoding="utf-8")
        return path

    return write


def changed(old: str, new: str) -> str:
    assert old in BUNDLED
    return BUNDLED.replace(old, new, 1)


def test_bundled_rules__are__one_version_of_each_authority() -> None:
    rules = bundled_health_rules()

    assert {each: of.colours.id for each, of in rules.items()} == {
        HK: "hk-2021-12",
        GD: "gd-2021-12-assumed",
    }
    assert rules[HK].colours.zone == "Asia/Hong_Kong"
    assert rules[GD].colours.zone == "Asia/Shanghai"
    assert rules[HK].colours.assumed is None
    assert rules[GD].colours.assumed is not None


def test_bundled_rules__use__every_ground_once_and_name_a_source() -> None:
    for rules in bundled_health_rules().values():
        reasons = [rule.reason for rule in rules.colours.rules]
        assert sorted(reasons) == sorted(set(HealthReason) - {HealthReason.NOTHING_ADVERSE})
        assert all((rule.source or "").startswith("http") for rule in rules.colours.rules)
        assert all(rule.colour is not Colour.GREEN for rule in rules.colours.rules)


def test_guangdongs_grounds__say__that_what_is_cited_is_hong_kongs() -> None:
    """A source is where a rule is published: of another's rule it is said whose it is."""
    rules = bundled_health_rules()
    published = {rule.reason: rule for rule in rules[HK].colours.rules}
    for rule in rules[GD].colours.rules:
        assert rule.assumed is not None
        assert "Hong Kong's rule" in rule.assumed.en
        same = published[rule.reason]
        assert (rule.colour, rule.days, rule.source) == (same.colour, same.days, same.source)
    assert all(rule.assumed is None for rule in published.values())
    different = rules[GD].colours.schemes_without_effect ^ rules[HK].colours.schemes_without_effect
    assert different == {"hk-gd-2021", "return2hk", "come2hk"}
    assert "one difference" in rules[GD].colours.assumed.en  # type: ignore[union-attr]


def test_assurance__of_the_bundled_rules__cites_what_was_asked_and_says_why_less() -> None:
    for rules in bundled_health_rules().values():
        stated = rules.stated["assurance_min"]
        assert stated.source is not None
        assert stated.assumed is not None
        assert "proof of address is asked here" in stated.assumed.en


def test_bundled_figures__are__sourced_or_assumed_with_a_reason() -> None:
    for rules in bundled_health_rules().values():
        assert rules.stated.keys() >= {"assurance_min", "controls/unreviewed_max/officers"}
        for path, figure in rules.stated.items():
            assert figure.source or figure.assumed, path
        controls = [each for path, each in rules.stated.items() if path.startswith("controls/")]
        assert len(controls) == 22
        assert all(each.assumed is not None for each in controls)


def test_digest__of_rules__is_that_of_the_file_and_changes_with_any_figure(
    written: WriteRules,
) -> None:
    loaded = load_health_rules(written(BUNDLED))
    assert isinstance(loaded, HealthRules)
    assert loaded.digest == hashlib.sha256(BUNDLED.encode()).hexdigest()
    other = load_health_rules(written(changed("value: 500", "value: 501")))
    assert isinstance(other, HealthRules)
    assert (other.colours.id, other.digest == loaded.digest) == (loaded.colours.id, False)


def test_bundled_controls__read__as_written() -> None:
    for rules in bundled_health_rules().values():
        controls = rules.controls
        assert controls.unreviewed_max == {
            Route.OFFICERS: 5,
            Route.ORDER_OFFICE: 5,
            Route.LABORATORY: 500,
            Route.ARRIVAL_FEED: 5000,
        }
        assert controls.batch_entries_max == {
            Route.LABORATORY: 1000,
            Route.ORDER_OFFICE: 100,
            Route.ARRIVAL_FEED: 1000,
        }
        assert (controls.alarm_acts[Route.OFFICERS], controls.alarm_window) == (
            3,
            timedelta(hours=1),
        )
        assert (controls.target_acts[Route.OFFICERS], controls.target_window) == (
            5,
            timedelta(days=7),
        )
        assert controls.proposal_time == timedelta(hours=2)
        assert controls.correction_time == timedelta(hours=8)
        assert controls.claim_time == timedelta(hours=24)
        assert controls.finding_days_max == 14
        assert rules.assurance_min is Assurance.ASSERTED


REFUSED = [
    ("id: hk-2021-12", "id: hk-2021-12\nnote: x", FaultCode.KEY_UNKNOWN, "note"),
    ("id: hk-2021-12\n", "", FaultCode.KEY_MISSING, ""),
    ("id: hk-2021-12", "id: HK 2021", FaultCode.VALUE_MALFORMED, "id"),
    ("zone: Asia/Hong_Kong", "zone: Asia/Kowloon", FaultCode.ZONE_UNKNOWN, "zone"),
    ("    days: 14\n", "    days: fourteen\n", FaultCode.WRONG_TYPE, "discharged_recently/days"),
    ("    days: 14\n", "    days: 0\n", FaultCode.NUMBER_OUT_OF_RANGE, "discharged_recently/days"),
    ("    days: 14\n", "    days: 14.5\n", FaultCode.FLOAT_REFUSED, "discharged_recently/days"),
    ("    days: 14\n", "", FaultCode.KEY_MISSING, "grounds/discharged_recently"),
    (
        "    days: 14\n",
        "    days: 14\n    days: 15\n",
        FaultCode.DUPLICATE_KEY,
        "discharged_recently/days",
    ),
    (
        "    colour: red\n",
        "    colour: green\n",
        FaultCode.VALUE_NOT_ALLOWED,
        "grounds/close_contact/colour",
    ),
    (
        '    source: "http://meetinghk.com/archives/116588"\n',
        "",
        FaultCode.KEY_MISSING,
        "grounds/arrived_from_outside",
    ),
    ("    expected_false: null\n", "", FaultCode.KEY_MISSING, "grounds/close_contact"),
    ('value: "0.999"', 'value: "1.5"', FaultCode.VALUE_MALFORMED, "specificity/value"),
    ('value: "0.999"', "value: 0.999", FaultCode.FLOAT_REFUSED, "specificity/value"),
    ("    officers:\n", "    clerks:\n", FaultCode.KEY_UNKNOWN, "unreviewed_max/clerks"),
    ("      value: 500\n", "      value: true\n", FaultCode.WRONG_TYPE, "laboratory/value"),
    ("  value: asserted", "  value: sworn", FaultCode.VALUE_NOT_ALLOWED, "assurance_min/value"),
    ("  close_contact:\n", "  close_contract:\n", FaultCode.KEY_UNKNOWN, "grounds/close_contract"),
]


@pytest.mark.parametrize(("old", "new", "code", "path"), REFUSED)
def test_rules__that_are_not_as_they_must_be__are_refused_with_the_path(
    written: WriteRules, old: str, new: str, code: FaultCode, path: str
) -> None:
    loaded = load_health_rules(written(changed(old, new)))

    assert isinstance(loaded, tuple)
    assert any(each.code is code and each.path.endswith(path) for each in loaded), loaded


def test_figure__without_source_and_reason__is_refused(written: WriteRules) -> None:
    bare = re.sub(
        r"  proposal_minutes:\n    value: 120\n(?:    .*\n)+",
        "  proposal_minutes:\n    value: 120\n",
        BUNDLED,
    )
    assert bare != BUNDLED

    loaded = load_health_rules(written(bare))

    assert isinstance(loaded, tuple)
    assert [(each.code, each.path) for each in loaded] == [
        (FaultCode.KEY_MISSING, "controls/proposal_minutes")
    ]


def test_rules__without_a_ground__do_not_have_it(written: WriteRules) -> None:
    shorter = re.sub(r"  suspected:\n(?:    .*\n)+", "  suspected: null\n", BUNDLED)
    assert shorter != BUNDLED

    loaded = load_health_rules(written(shorter))

    assert isinstance(loaded, HealthRules)
    assert HealthReason.SUSPECTED not in {rule.reason for rule in loaded.colours.rules}


def test_rules__that_are_no_text__are_refused(written: WriteRules) -> None:
    path = written("")
    assert isinstance(load_health_rules(path), tuple)
    path.write_bytes(b"\xff\xfe")
    assert isinstance(load_health_rules(path), tuple)
    path.write_text("[" * 100, encoding="utf-8")
    assert isinstance(load_health_rules(path), tuple)


class TestDeployment:
    def test_deployment__without_a_file_of_its_own__has_the_bundled_rules(
        self, tmp_path: Path
    ) -> None:
        assert health_rules_of(HK, tmp_path) is bundled_health_rules()[HK]
        assert health_rules_of(AuthorityId("SG"), tmp_path) is None

    def test_deployments_own_file__counts__in_place_of_the_bundled(
        self, written: WriteRules, tmp_path: Path
    ) -> None:
        written(changed("id: hk-2021-12", "id: hk-2021-13"))

        rules = health_rules_of(HK, tmp_path)

        assert rules is not None
        assert rules.colours.id == "hk-2021-13"

    def test_deployments_own_file__of_another_authority__is_refused(
        self, written: WriteRules, tmp_path: Path
    ) -> None:
        written(BUNDLED)
        with pytest.raises(HealthRulesError, match="authority: of HK, not GD"):
            health_rules_of(GD, tmp_path)

    def test_faulty_file__stops_the_start__with_what_is_wrong_and_where(
        self, tmp_path: Path
    ) -> None:
        deployment = Deployment(authority=HK, data_directory=tmp_path, database_url="postgresql:")
        deployment.directory.mkdir(parents=True)
        path = deployment.directory / FILE_NAME
        path.write_text(changed("    days: 14\n", "    days: 0\n"), encoding="utf-8")

        with (
            pytest.raises(HealthRulesError, match="grounds/discharged_recently/days") as raised,
            open_authority(deployment),
        ):
            pass

        assert f"{path}:" in str(raised.value)
        assert "out of range" in str(raised.value)

    def test_unreadable_file__stops_the_start__without_a_traceback(self, tmp_path: Path) -> None:
        (tmp_path / FILE_NAME).mkdir()
        with pytest.raises(HealthRulesError, match="directory"):
            health_rules_of(HK, tmp_path)


def test_documentation__gives__the_figures_of_the_bundled_rules() -> None:
    page = (Path(__file__).parents[2] / "docs/health-codes.md").read_text(encoding="utf-8")
    expected = expected_false_per_10000(bundled_health_rules()[HK])
    controls = bundled_health_rules()[HK].controls

    for colour in (Colour.RED, Colour.AMBER):
        assert f" {expected.by_colour[colour]:.2f} (" in page
    assert f"| {controls.finding_days_max} days |" in page
    for acts, window in (
        (controls.alarm_acts, f"{controls.alarm_window.seconds // 60} minutes"),
        (controls.target_acts, f"{controls.target_window.days} days"),
    ):
        assert acts[Route.OFFICERS] == acts[Route.ORDER_OFFICE]
        counted = (acts[each] for each in (Route.OFFICERS, Route.LABORATORY, Route.ARRIVAL_FEED))
        assert f"| {', '.join(f'{each:,}' for each in counted)} acts in {window} |" in page
    assert f"| {controls.proposal_time.seconds // 60} minutes |" in page
    for clock in (controls.correction_time, controls.claim_time):
        assert f"| {int(clock.total_seconds()) // 60} minutes |" in page
