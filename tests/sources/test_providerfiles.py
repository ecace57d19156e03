"""Providers in rule files: the filters and what hangs on single names, decoded down to the line."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from deliv.core.errors import RuleErrors
from deliv.core.filters import FilterDefault, FilterEffect
from deliv.core.providers import Provider
from deliv.core.rulebook import classify
from deliv.sources.rulefiles import load_rules

PROVIDER = """\
providers:
  - id: own-isp
    kind: isp
    names: {ja: 例のプロバイダ, en: Example provider}
    domains: [cable.example, old.cable.example]
    suffixes: [.cable.example]
    mx: [.cable.example]
    sources: [{title: own experience, checked: 2026-11-22, verified: false}]
"""
FILTER = """\
      - id: spam
        names: {ja: 迷惑メールフィルター, en: Spam filter}
        default: "on"
        effect: junk
        sources: [{title: own experience, checked: 2026-11-22, verified: false}]
"""
Load = Callable[[str], Provider]
Faults = Callable[[str], list[str]]


def filters(*texts: str) -> str:
    return PROVIDER + "    filters:\n" + "".join(texts)


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def loaded(content: str) -> Provider:
        path = tmp_path / "own.yaml"
        path.write_text(content, encoding="utf-8")
        provider = classify("cable.example", load_rules(path))
        assert provider is not None
        return provider

    return loaded


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    def found(content: str) -> list[str]:
        path = tmp_path / "own.yaml"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(RuleErrors) as caught:
            load_rules(path)
        return [str(fault).removeprefix(f"{path}:") for fault in caught.value.faults]

    return found


def test_a_provider_needs_to_say_none_of_it(load: Load) -> None:
    provider = load(PROVIDER)

    assert provider.filters == ()
    assert provider.portable is None
    assert provider.portability_unknown == provider.unverified_mx == frozenset()


def test_a_filter_needs_to_say_little(load: Load) -> None:
    (found,) = load(filters(FILTER)).filters

    assert (found.id, found.default, found.effect) == ("spam", FilterDefault.ON, FilterEffect.JUNK)
    assert found.order is found.beats_allow_list is found.note is found.customer is None
    assert found.effective_from is found.effective_until is None
    assert found.url == ""
    assert not found.is_verified


def test_a_filter_can_say_much(load: Load) -> None:
    more = """\
        order: 3
        beats_allow_list: true
        effective_from: 2024-04-01
        effective_until: 2025-03-12
        note: {ja: 強い, en: strong}
        customer: {ja: "{sender_domain} を登録", en: "add {sender_domain}"}
        url: https://www.cable.example/spam
"""
    (found,) = load(filters(FILTER, more)).filters

    assert (found.order, found.beats_allow_list) == (3, True)
    assert (found.effective_from, found.effective_until) == (date(2024, 4, 1), date(2025, 3, 12))
    assert found.note is not None
    assert found.note.ja == "強い"
    assert found.customer is not None
    assert found.customer.en == "add {sender_domain}"
    assert found.url == "https://www.cable.example/spam"


def test_one_filter_can_have_two_periods(load: Load) -> None:
    old = FILTER.replace("junk", "refuse") + "        effective_until: 2025-03-12\n"
    new = FILTER + "        effective_from: 2025-03-13\n"
    provider = load(filters(old, new))

    assert [each.effect for each in provider.filters_on(date(2025, 3, 12))] == [FilterEffect.REFUSE]
    assert [each.effect for each in provider.filters_on(date(2025, 3, 13))] == [FilterEffect.JUNK]


def test_whether_addresses_are_kept_is_said_for_all_but_some(load: Load) -> None:
    provider = load(
        PROVIDER + "    portable: true\n    portability_unknown: [old.cable.example, .cable.example]\n"
    )

    assert provider.portable is True
    assert provider.portability_unknown == {"old.cable.example", ".cable.example"}


def test_an_ending_can_be_a_guess_only_in_an_mx(load: Load) -> None:
    provider = load(PROVIDER + "    unverified_mx: [.cable.example]\n")

    assert provider.unverified_mx == {".cable.example"}
    assert provider.unverified == frozenset()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (filters("      - id: spam\n"), "10: providers[0].filters[0]: “names” is missing"),
        (filters("      - id: spam\n"), "10: providers[0].filters[0]: “default” is missing"),
        (filters("      - id: spam\n"), "10: providers[0].filters[0]: “effect” is missing"),
        (filters("      - id: spam\n"), "10: providers[0].filters[0]: “sources” is missing"),
        (
            filters(FILTER.replace("id: spam", "id: Spam_Filter")),
            "10: providers[0].filters[0].id: an id is made of a-z, 0-9 and single hyphens",
        ),
        (
            filters(FILTER.replace('"on"', "on")),
            "12: providers[0].filters[0].default: write true or false, or put “on” between quotation marks",
        ),
        (
            filters(FILTER.replace('"on"', "usr")),
            "12: providers[0].filters[0].default: “usr” is not known here; did you mean “user”?",
        ),
        (
            filters(FILTER.replace("junk", "refuse_silent")),
            "13: providers[0].filters[0].effect: “refuse_silent” is not known here; did you mean “refuse_sil",
        ),
        (
            filters(FILTER + "        oder: 1\n"),
            "15: providers[0].filters[0].oder: “oder” is not known here; did you mean “order”?",
        ),
        (
            filters(FILTER + "        order: 0\n"),
            "15: providers[0].filters[0].order: this must be at least 1",
        ),
        (
            filters(FILTER + "        order: 1.5\n"),
            "15: providers[0].filters[0].order: this must be a whole number",
        ),
        (
            filters(FILTER + "        beats_allow_list: sometimes\n"),
            "15: providers[0].filters[0].beats_allow_list: this must be true or false",
        ),
        (
            filters(FILTER + "        effective_from: soon\n"),
            "15: providers[0].filters[0].effective_from: this must be a day such as 2026-11-22",
        ),
        (
            filters(FILTER + "        effective_from: 2025-03-13\n        effective_until: 2025-03-12\n"),
            "10: providers[0].filters[0]: “effective_until” lies before “effective_from”",
        ),
        (
            filters(FILTER + "        customer: {ja: 登録, en: 'add {sender_domian}'}\n"),
            "15: providers[0].filters[0].customer.en: nothing fills “{sender_domian}”; known are:",
        ),
        (
            filters(FILTER + "        customer: {ja: 登録}\n"),
            "15: providers[0].filters[0].customer: “en” is missing",
        ),
        (
            filters(FILTER, FILTER),
            "15: providers[0].filters[1]: two filters “spam” are in force on one day",
        ),
        (
            filters(
                FILTER + "        effective_until: 2025-03-13\n",
                FILTER + "        effective_from: 2025-03-13\n",
            ),
            "16: providers[0].filters[1]: two filters “spam” are in force on one day",
        ),
        (PROVIDER + "    filters: spam\n", "9: providers[0].filters: this must be a list"),
        (PROVIDER + "    portable: maybe\n", "9: providers[0].portable: this must be true or false"),
        (
            PROVIDER + "    portability_unknown: [new.cable.example]\n",
            "9: providers[0].portability_unknown[0]: “new.cable.example” does not stand in the lists",
        ),
        (
            PROVIDER + "    unverified_mx: [cable.example]\n",
            "9: providers[0].unverified_mx[0]: “cable.example” does not stand in the lists of this provider",
        ),
    ],
)
def test_a_fault_names_its_line_its_place_and_what_is_meant(content: str, fault: str, faults: Faults) -> None:
    found = faults(content)

    assert any(each.startswith(fault) for each in found), found


def test_faults_of_one_filter_are_shown_at_once(faults: Faults) -> None:
    found = faults(filters(FILTER.replace("junk", "jnk") + "        order: 0\n        oder: 1\n"))

    assert len(found) == 3
