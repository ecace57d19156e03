"""Rule files on the shop's side: services, requirements, demands, block lists, and what they weigh."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from deliv.core.blocklists import BlockList, BlockListSubject
from deliv.core.errors import RuleErrors
from deliv.core.providers import Provider
from deliv.core.requirements import Consequence, Demand, Requirement
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Bounds, Effect, Rule
from deliv.core.services import SendingService
from deliv.core.settings import SenderProfile
from deliv.core.text import Source, Text
from deliv.sources.rulefiles import load_rules

Write = Callable[..., Path]

SOURCES = "sources: [{title: own experience, checked: 2026-11-22, verified: false}]"
SOURCE = Source(title="own experience", url="", checked=date(2026, 11, 22), verified=False)
NAMES = "names: {ja: 例, en: Example}"
TEXT = Text(ja="例", en="Example")


def service(more: str = "", id: str = "own-mailer") -> str:  # noqa: A002
    return f"services:\n  - id: {id}\n    {NAMES}\n    {SOURCES}\n{_indented(more)}"


def requirement(more: str = "broken_by: []", id: str = "own-demand") -> str:  # noqa: A002
    return f"requirements:\n  - id: {id}\n    {NAMES}\n{_indented(more)}"


def provider(demand: str) -> str:
    return (
        f"providers:\n  - id: own-isp\n    kind: isp\n    {NAMES}\n    domains: [isp.example]\n"
        f"    {SOURCES}\n    requires:\n      - {demand}\n"
    )


def block_list(more: str = "", id: str = "own-list") -> str:  # noqa: A002
    return (
        f"block_lists:\n  - id: {id}\n    {NAMES}\n    zone: bl.example\n    subject: ip\n"
        "    listed: {127.0.0.2: {ja: 例, en: Example}}\n    terms: {ja: 例, en: Example}\n"
        f"    url: https://bl.example/\n    {SOURCES}\n{_indented(more)}"
    )


def rule(when: str, examples: str = "") -> str:
    example = examples or "{fires: {address: a@shop.example}, silent: {address: a@shop.example}}"
    return (
        f"rules:\n  - id: own-rule\n    severity: low\n    when: {when}\n"
        "    message: {ja: 注意, en: beware}\n    effect: {basis: estimate}\n"
        f"    examples: {example}\n    {SOURCES}\n"
    )


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str, name: str = "own.yaml") -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return written


def faults_of(*paths: Path) -> list[str]:
    with pytest.raises(RuleErrors) as caught:
        load_rules(*paths)
    _, *lines = str(caught.value).splitlines()
    return [line.strip() for line in lines]


def service_of(book: RuleBook, name: str = "own-mailer") -> SendingService:
    found = book.services.get(name)
    assert found is not None
    return found


def own_rule(book: RuleBook) -> Rule:
    return next(found for found in book.rules if found.id == "own-rule")


def own_isp(book: RuleBook) -> Provider:
    return next(found for found in book.providers.providers if found.id == "own-isp")


# --- the packaged book ----------------------------------------------------------------------------


def test_the_packaged_book_knows_services_requirements_and_lists(rules: RuleBook) -> None:
    assert len(rules.services.services) > 20
    assert service_of(rules, "sendgrid").includes == ("sendgrid.net",)
    assert service_of(rules, "sendgrid").owns("u123.wl.sendgrid.net")
    assert not service_of(rules, "sendgrid").owns("notsendgrid.net")
    assert {"google", "selector1", "default"} <= {*rules.services.usual_selectors}
    assert {"spf", "dkim", "dmarc", "reverse-dns"} <= {found.id for found in rules.requirements}
    assert {found.subject for found in rules.block_lists} == {*BlockListSubject}
    assert set(rules.placement.consequences) == {*Consequence}


def test_every_service_tells_how_it_is_set_up(rules: RuleBook) -> None:
    assert [found.id for found in rules.services.services if found.setup is None] == []
    for found in rules.services.services:
        assert found.sources
        assert found.setup is None or (found.setup.ja.strip() and found.setup.en.strip())


def test_a_worse_consequence_weighs_more(rules: RuleBook) -> None:
    consequences = rules.placement.consequences
    assert consequences[Consequence.REJECT].least_missing > 0.5
    assert consequences[Consequence.JUNK].least_spam > 0
    assert consequences[Consequence.ADVICE].is_neutral


# --- what is decoded ------------------------------------------------------------------------------


def test_a_service_of_the_shop_s_own(write: Write) -> None:
    path = write(
        service(
            "includes: [_spf.mailer.example]\n"
            "selectors: [m1, m2]\n"
            "domains: [mailer.example]\n"
            "envelope: bounce.mailer.example\n"
            "setup: {ja: 設定, en: set it up}"
        )
    )
    assert service_of(load_rules(path)) == SendingService(
        id="own-mailer",
        names=TEXT,
        sources=(SOURCE,),
        includes=("_spf.mailer.example",),
        selectors=("m1", "m2"),
        domains=("mailer.example",),
        envelope="bounce.mailer.example",
        setup=Text(ja="設定", en="set it up"),
    )


def test_a_service_may_say_next_to_nothing(write: Write) -> None:
    assert service_of(load_rules(write(service()))) == SendingService(
        id="own-mailer", names=TEXT, sources=(SOURCE,)
    )


def test_a_service_with_the_id_of_another_replaces_it(rules: RuleBook, write: Write) -> None:
    book = load_rules(write(service("includes: [spf.mine.example]", id="sendgrid")))
    assert len(book.services.services) == len(rules.services.services)
    assert service_of(book, "sendgrid").includes == ("spf.mine.example",)
    assert service_of(book, "sendgrid").selectors == ()


@pytest.mark.parametrize("key", ["services", "block_lists"])
def test_an_id_and_enabled_false_turn_an_entry_off(key: str, rules: RuleBook, write: Write) -> None:
    name = {"services": "sendgrid", "block_lists": "spamhaus-zen"}[key]
    book = load_rules(write(f"{key}:\n  - {{id: {name}, enabled: false}}\n"))
    assert (book.services.get("sendgrid") is None) == (key == "services")
    left = {found.id for found in book.block_lists}
    assert ("spamhaus-zen" in left) == (key != "block_lists")


def test_a_shop_s_own_selectors_are_tried_too(rules: RuleBook, write: Write) -> None:
    book = load_rules(write("usual_selectors: [shop2026]\n"))
    assert "shop2026" in book.services.usual_selectors
    assert {*rules.services.usual_selectors} < {*book.services.usual_selectors}


def test_a_requirement_and_a_demand(write: Write) -> None:
    demand = (
        "{requirement: own-demand, consequence: junk, bulk: true, bulk_from: 5000, "
        f"effective_from: 2026-02-01, note: {{ja: 例, en: Example}}, {SOURCES}}}"
    )
    book = load_rules(write(requirement("broken_by: [sender-spf-fail]") + provider(demand)))
    assert book.requirements[-1] == Requirement(id="own-demand", names=TEXT, broken_by=("sender-spf-fail",))
    (found,) = own_isp(book).requires
    assert found == Demand(
        requirement="own-demand",
        consequence=Consequence.JUNK,
        sources=(SOURCE,),
        is_for_bulk=True,
        bulk_from=5000,
        effective_from=date(2026, 2, 1),
        note=TEXT,
    )
    day = date(2026, 11, 24)
    assert [found.applies(volume, day) for volume in (None, 4999, 5000)] == [False, False, True]
    assert not found.applies(5000, date(2026, 1, 31))
    assert not found.is_verified


def test_a_demand_without_a_number_is_for_everybody(write: Write) -> None:
    demand = f"{{requirement: dmarc, consequence: reject, {SOURCES}}}"
    (found,) = own_isp(load_rules(write(provider(demand)))).requires
    assert (found.is_for_bulk, found.bulk_from, found.note) == (False, None, None)
    assert found.applies(None, date(2026, 11, 24))


def test_bulk_senders_without_a_number_are_never_meant(write: Write) -> None:
    demand = f"{{requirement: dmarc, consequence: reject, bulk: true, {SOURCES}}}"
    (found,) = own_isp(load_rules(write(provider(demand)))).requires
    assert not found.applies(10**9, date(2026, 11, 24))


def test_a_rule_that_was_turned_off_may_still_be_named(rules: RuleBook, write: Write) -> None:
    book = load_rules(write("rules:\n  - {id: sender-dmarc-missing, enabled: false}\n"))
    assert book.requirements == rules.requirements


def test_a_block_list_of_the_shop_s_own(write: Write) -> None:
    path = write(block_list("ipv6: true\nrefused: [127.0.0.1, 127.255.255.0/24]\ntest: 127.0.0.9"))
    assert load_rules(path).block_lists[-1] == BlockList(
        id="own-list",
        names=TEXT,
        zone="bl.example",
        subject=BlockListSubject.IP,
        ipv6=True,
        listed=(("127.0.0.2", TEXT),),
        refused=("127.0.0.1", "127.255.255.0/24"),
        terms=TEXT,
        url="https://bl.example/",
        sources=(SOURCE,),
        test="127.0.0.9",
    )


def test_the_weight_of_a_consequence_can_be_changed(rules: RuleBook, write: Write) -> None:
    path = write("consequences:\n  junk: {at_least: {spam: 0.9}, basis: history}\n")
    consequences = load_rules(path).placement.consequences
    assert consequences[Consequence.JUNK].least_spam == 0.9
    assert consequences[Consequence.REJECT] == rules.placement.consequences[Consequence.REJECT]
    assert isinstance(consequences[Consequence.JUNK], Effect)


@pytest.mark.parametrize(
    ("when", "fitting", "other"),
    [
        ("{fact: sender.spf_lookups, at_least: 11}", (11, 99), (0, 10)),
        ("{fact: sender.volume, at_most: 5}", (0, 5), (6,)),
        ("{fact: message.size, at_least: 2, at_most: 4}", (2, 3, 4), (1, 5)),
    ],
    ids=["at least", "at most", "both"],
)
def test_numbers_are_compared_by_bounds(
    when: str, fitting: tuple[int, ...], other: tuple[int, ...], write: Write
) -> None:
    condition = own_rule(load_rules(write(rule(when)))).when
    assert isinstance(condition, Bounds)
    assert all(condition.fits(value) for value in fitting)
    assert not any(condition.fits(value) for value in other)


def test_an_example_has_a_sender_and_a_mail(write: Write) -> None:
    path = write(
        rule(
            "{fact: sender.spf, is: missing}",
            "\n"
            "      fires:\n"
            "        address: a@customer.example\n"
            "        sender: order@shop.example\n"
            "      silent:\n"
            "        address: a@customer.example\n"
            "        sender:\n"
            "          from: order@shop.example\n"
            "          envelope: bounce.shop.example\n"
            "          reply_to: info@shop.example\n"
            "          ips: [192.0.2.25, '2001:db8::25']\n"
            "          sends_through: [sendgrid]\n"
            "          selectors: [s1]\n"
            "          volume_per_day: 10\n"
            "        message: |\n"
            "          From: order@shop.example\n"
            "        message_size: 2000",
        )
    )
    found = own_rule(load_rules(path))
    assert found.fires.sender == SenderProfile(from_address="order@shop.example")
    assert (found.fires.message, found.fires.message_size) == ("", 0)
    assert found.silent.sender == SenderProfile(
        from_address="order@shop.example",
        envelope="bounce.shop.example",
        reply_to="info@shop.example",
        ips=("192.0.2.25", "2001:db8::25"),
        sends_through=("sendgrid",),
        selectors=("s1",),
        volume_per_day=10,
    )
    assert found.silent.message == "From: order@shop.example\n"
    assert found.silent.message_size == 2000


# --- faults ---------------------------------------------------------------------------------------

GOOD_DEMAND = f"{{requirement: dmarc, consequence: junk, {SOURCES}}}"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (service("inlcudes: [x.example]"), "5: services[0].inlcudes: “inlcudes” is not known here; did you"),
        (service("includes: [Spf.Example]"), "5: services[0].includes[0]: “Spf.Example” is no domain name"),
        (
            service("includes: [.spf.example]"),
            "5: services[0].includes[0]: “.spf.example” may not begin with",
        ),
        (service("includes: spf.example"), "5: services[0].includes: this must be a list"),
        (service("selectors: [20230601]"), "5: services[0].selectors[0]: this must be text; put it between"),
        (service("setup: {ja: 設定}"), "5: services[0].setup: “en” is missing"),
        (service(id="Own_Mailer"), "2: services[0].id: an id is made of a-z, 0-9 and single hyphens"),
        (
            service() + service().removeprefix("services:\n"),
            "5: services[1]: the id “own-mailer” stands there twice in this file",
        ),
        (service().replace(SOURCES, "sources: []"), "4: services[0].sources: there must be at least one"),
        (f"services:\n  - {{{NAMES}, {SOURCES}}}", "2: services[0]: “id” is missing"),
        (
            "services:\n  - {id: sendgird, enabled: false}",
            "2: services[0].id: “sendgird” is not known here; did you mean “sendgrid”?",
        ),
        ("servises: []", "1: servises: “servises” is not known here; did you mean “services”?"),
        ("usual_selectors: s1", "1: usual_selectors: this must be a list"),
        (
            requirement("broken_by: [sender-spf-fial]"),
            "4: requirements[0].broken_by[0]: “sender-spf-fial” is not known here; did you mean",
        ),
        (
            requirement("broken_yb: []"),
            "4: requirements[0].broken_yb: “broken_yb” is not known here; did you",
        ),
        (
            provider(GOOD_DEMAND.replace("dmarc", "dmrac")),
            "8: providers[0].requires[0].requirement: “dmrac” is not known here; did you mean “dmarc”?",
        ),
        (
            provider(GOOD_DEMAND.replace("dmarc", "nothing-like-it")),
            "8: providers[0].requires[0].requirement: “nothing-like-it” is not known here; use one of: ",
        ),
        (
            provider(GOOD_DEMAND.replace("junk", "jnuk")),
            "8: providers[0].requires[0].consequence: “jnuk” is not known here; did you mean “junk”?",
        ),
        (
            provider(GOOD_DEMAND.replace("junk,", "junk, bulk_from: 5000,")),
            "8: providers[0].requires[0].bulk_from: “bulk_from” means nothing without “bulk: true”",
        ),
        (
            provider(GOOD_DEMAND.replace("junk,", "junk, bulk: true, bulk_from: 0,")),
            "8: providers[0].requires[0].bulk_from: this must be at least 1",
        ),
        (
            provider(GOOD_DEMAND.replace("junk,", "junk, bulk: many,")),
            "8: providers[0].requires[0].bulk: this must be true or false",
        ),
        (
            provider(GOOD_DEMAND.replace("junk,", "junk, effective_from: soon,")),
            "8: providers[0].requires[0].effective_from: this must be a day such as 2026-11-22",
        ),
        (provider("{requirement: dmarc}"), "8: providers[0].requires[0]: “consequence” is missing"),
        (provider("{requirement: dmarc}"), "8: providers[0].requires[0]: “sources” is missing"),
        (block_list("refused: [127.0.0.300]"), "10: block_lists[0].refused[0]: “127.0.0.300” is no IPv4"),
        (
            block_list("refused: ['::1']"),
            "10: block_lists[0].refused[0]: “::1” is no IPv4 address or network",
        ),
        (
            block_list().replace("{127.0.0.2:", "{127.0.0.2/8:"),
            "6: block_lists[0].listed.127.0.0.2/8: “127.0.0.2/8” is no IPv4 address or network",
        ),
        (
            block_list().replace("subject: ip", "subject: pi"),
            "5: block_lists[0].subject: “pi” is not known here; use one of: domain, ip",
        ),
        (
            block_list().replace("    url", "    ulr"),
            "8: block_lists[0].ulr: “ulr” is not known here; did you",
        ),
        (
            "consequences: {jnuk: {basis: estimate}}",
            "1: consequences.jnuk: “jnuk” is not known here; did you mean “junk”?",
        ),
        (
            "consequences: {junk: {at_least: {spam: 1}, basis: estimate}}",
            "1: consequences.junk.at_least.spam: this must be less than 1",
        ),
        ("consequences: {junk: {spam: 0.1}}", "1: consequences.junk: “basis” is missing"),
        (
            rule("{fact: sender.spf_lookups, is: 11}"),
            "4: rules[0].when: a number is compared by at_least, at_most, or both",
        ),
        (
            rule("{fact: sender.spf_lookups, is: 11}"),
            "4: rules[0].when.is: “is” is not known here",
        ),
        (
            rule("{fact: sender.spf_lookups, at_least: many}"),
            "4: rules[0].when.at_least: this must be a number",
        ),
        (
            rule("{fact: sender.spf, at_least: 11}"),
            "4: rules[0].when: a fact is compared by exactly one of: is, is_not, in, not_in",
        ),
        (
            rule("{fact: sender.spf_lokups, at_least: 11}"),
            "4: rules[0].when.fact: there is no fact “sender.spf_lokups”; did you mean “sender.spf_lookups”?",
        ),
        (
            rule(
                "{fact: sender.spf, is: missing}",
                "{fires: {address: a@x.example, sender: {from: x, ip: [1]}}, silent: {address: a@x.example}}",
            ),
            "7: rules[0].examples.fires.sender.ip: “ip” is not known here; did you mean “ips”?",
        ),
        (
            rule(
                "{fact: sender.spf, is: missing}",
                "{fires: {address: a@x.example, sender: {from: x, ips: [192.0.2]}}, "
                "silent: {address: a@x.example}}",
            ),
            "7: rules[0].examples.fires.sender.ips[0]: ",
        ),
    ],
)
def test_a_fault_names_its_file_its_line_its_place_and_what_is_meant(
    content: str, fault: str, write: Write
) -> None:
    path = write(content)
    assert any(found.startswith(f"{path}:{fault}") for found in faults_of(path)), faults_of(path)


def test_all_faults_are_shown_at_once(write: Write) -> None:
    path = write(
        service("includes: [.x.example]\nenvelop: x.example")
        + requirement("broken_by: [no-rule, no-other]")
        + provider("{requirement: nothing, consequence: none}")
        + block_list("refused: [x]\nsubjekt: ip")
    )
    faults = faults_of(path)
    assert len(faults) == len(set(faults)) == 9
    assert all(fault.startswith(f"{path}:") for fault in faults)
    for words in (
        "“.x.example”",
        "“envelop”",
        "no-rule",
        "no-other",
        "“nothing”",
        "“none”",
        "“x”",
        "“subjekt”",
    ):
        assert any(words in fault for fault in faults), words


def test_faults_of_two_files_stand_with_their_files(write: Write) -> None:
    one = write(service("envelop: x"), "one.yaml")
    two = write(requirement("broken_by: [no-rule]"), "two.yaml")
    assert {fault.split(":")[0] for fault in faults_of(one, two)} == {str(one), str(two)}


def test_japanese_faults(write: Write) -> None:
    path = write(service("envelop: x"))
    with pytest.raises(RuleErrors) as caught:
        load_rules(path)
    from deliv.locale import translator

    text = caught.value.localized(translator("ja"))
    assert "envelop" in text
    assert any("\u3040" <= character <= "\u30ff" for character in text)
