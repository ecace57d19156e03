"""Services that send for shops: what gives them away, and where their keys are looked for."""

from datetime import date

import pytest

from deliv.core.auth.spf import parse_spf
from deliv.core.services import SendingService, ServiceBook
from deliv.core.text import Source, Text
from deliv.sources.rulefiles import load_rules

BOOK = load_rules().services
SERVICES = [pytest.param(service, id=service.id) for service in BOOK.services]


def service(name: str, **changes) -> SendingService:
    """Return a service made up for a test."""
    source = Source(title="made up", checked=date(2026, 11, 1))
    return SendingService(**{"id": name, "names": Text(ja="配信", en=name), "sources": (source,)} | changes)


@pytest.mark.parametrize(
    ("domain", "owned"),
    [
        pytest.param("esp.example", True, id="its-domain"),
        pytest.param("bounce.esp.example", True, id="below"),
        pytest.param("a.b.other.example", True, id="far-below-another"),
        pytest.param("notesp.example", False, id="same-ending"),
        pytest.param("example", False, id="above"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_service_owns_its_domains_and_all_below(domain, owned):
    assert service("esp", domains=("esp.example", "other.example")).owns(domain) is owned


def test_a_service_is_found_by_its_id():
    book = ServiceBook([service("a"), service("b")])

    assert book.get("b") is book.services[1]
    assert book.get("c") is None


@pytest.mark.parametrize(
    ("domains", "recognized"),
    [
        pytest.param(["shop.example", "m.b.example"], ["b"], id="one"),
        pytest.param(["b.example", "a.example"], ["a", "b"], id="in-the-order-of-the-book"),
        pytest.param(["a.example", "x.a.example"], ["a"], id="once"),
        pytest.param(["shop.example", ""], [], id="none"),
        pytest.param([], [], id="nothing-seen"),
    ],
)
def test_services_are_recognized_by_the_domains_in_a_mail(domains, recognized):
    book = ServiceBook([service("a", domains=("a.example",)), service("b", domains=("b.example",))])

    assert [found.id for found in book.recognize(iter(domains))] == recognized


def test_keys_are_looked_for_where_services_put_them_and_then_where_everybody_does_once():
    book = ServiceBook(
        [service("a", selectors=("s1", "s2")), service("b", selectors=("s2", "k1"))],
        usual_selectors=("default", "s1"),
    )

    assert book.usual_selectors == ("s1", "s2", "k1", "default")
    assert ServiceBook().usual_selectors == ()


class TestBook:
    @pytest.mark.parametrize("service", SERVICES)
    def test_it_has_names_and_a_source(self, service):
        assert service.names.ja.strip()
        assert service.names.en.strip()
        assert service.sources
        assert all(source.url.startswith("https://") or not source.verified for source in service.sources)

    @pytest.mark.parametrize("service", SERVICES)
    def test_its_includes_can_stand_in_a_record(self, service):
        terms = " ".join(f"include:{name}" for name in service.includes)

        assert str(parse_spf(f"v=spf1 {terms} ~all".replace("  ", " ")))

    @pytest.mark.parametrize("service", SERVICES)
    def test_nobody_else_owns_its_domains(self, service):
        for domain in service.domains:
            assert [found.id for found in BOOK.recognize([domain, f"x.{domain}"])] == [service.id]

    def test_ids_are_unique(self):
        ids = [service.id for service in BOOK.services]

        assert len(ids) == len(set(ids))
