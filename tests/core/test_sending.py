"""How the shop sends: what the profile says, then the mail, then what its service is known for."""

from dataclasses import dataclass, field

import pytest

from deliv.core.auth.signature import DkimSignature, Verification
from deliv.core.errors import InputError
from deliv.core.facts import MessageFacts, Origin
from deliv.core.sending import sending_of
from deliv.core.services import ServiceBook
from deliv.core.settings import SenderProfile
from tests.core.test_services import service

ESP = service("esp", domains=("esp.example",), selectors=("e1",), envelope="bounce.esp.example")
PLAIN = service("plain", domains=("plain.example",), selectors=("p1", "p2"))
BOOK = ServiceBook([ESP, PLAIN], usual_selectors=("default",))


@dataclass
class Mail:
    """One order mail, read."""

    facts: MessageFacts
    signed_by: tuple[str, ...] = ()
    signatures: tuple[DkimSignature, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.signatures = tuple(DkimSignature(domain=domain) for domain in self.signed_by)

    def verify(self, index: int, key_text: str) -> Verification:
        return Verification.VALID


def mail(*signed_by: str, **facts) -> Mail:
    return Mail(
        MessageFacts(**{"from_address": "order@shop.example", "from_domain": "shop.example"} | facts),
        signed_by,
    )


def profile(**changes) -> SenderProfile:
    return SenderProfile(**{"from_address": "order@shop.example"} | changes)


def test_whoever_says_only_where_from_sends_and_takes_bounces_and_replies_there():
    how = sending_of(profile())

    assert (how.from_domain, how.envelope_domain, how.reply_domain) == ("shop.example",) * 3
    assert (how.addresses, how.services, how.selectors, how.mail, how.volume_per_day) == (
        (),
        (),
        (),
        None,
        None,
    )


@pytest.mark.parametrize(
    ("given", "message", "expected"),
    [
        pytest.param({}, None, "shop.example", id="nobody-says"),
        pytest.param({"envelope": "Bounce.Shop.example"}, None, "bounce.shop.example", id="the-profile"),
        pytest.param({"envelope": "err@花屋.example"}, None, "xn--ogt960g.example", id="an-address"),
        pytest.param({"envelope": "bounce.shop.example."}, None, "bounce.shop.example", id="a-final-dot"),
        pytest.param({}, mail(return_path_domain="m.example"), "m.example", id="the-mail"),
        pytest.param(
            {"envelope": "bounce.shop.example"},
            mail(return_path_domain="m.example"),
            "bounce.shop.example",
            id="the-profile-before-the-mail",
        ),
        pytest.param({"sends_through": ("esp",)}, None, "bounce.esp.example", id="the-service"),
        pytest.param({"sends_through": ("plain", "esp")}, None, "shop.example", id="the-first-service"),
        pytest.param(
            {"sends_through": ("esp",)},
            mail(return_path_domain="m.example"),
            "m.example",
            id="mail-before-service",
        ),
        pytest.param({}, mail("esp.example"), "bounce.esp.example", id="a-service-recognized-in-the-mail"),
        pytest.param({}, mail(return_path_domain=""), "shop.example", id="the-mail-is-a-bounce"),
        pytest.param({}, mail(return_path_domain=None), "shop.example", id="the-mail-does-not-say"),
    ],
)
def test_where_bounces_go_back_to(given, message, expected):
    assert sending_of(profile(**given), BOOK, mail=message).envelope_domain == expected


@pytest.mark.parametrize(
    ("given", "message", "expected"),
    [
        pytest.param({}, None, "shop.example", id="nobody-says"),
        pytest.param({"reply_to": "info@reply.example"}, None, "reply.example", id="the-profile"),
        pytest.param({}, mail(reply_to_domain="m.example"), "m.example", id="the-mail"),
        pytest.param(
            {"reply_to": "info@reply.example"}, mail(reply_to_domain="m.example"), "reply.example", id="both"
        ),
        pytest.param({}, mail(reply_to_domain=None), "shop.example", id="no-reply-to"),
    ],
)
def test_where_replies_go(given, message, expected):
    assert sending_of(profile(**given), mail=message).reply_domain == expected


@pytest.mark.parametrize(
    ("ips", "client", "expected"),
    [
        pytest.param((), None, (), id="nobody-says"),
        pytest.param(("192.0.2.1",), None, (("192.0.2.1", Origin.GIVEN),), id="given"),
        pytest.param((), "192.0.2.2", (("192.0.2.2", Origin.MESSAGE),), id="shown"),
        pytest.param(
            ("192.0.2.1",),
            "192.0.2.2",
            (("192.0.2.1", Origin.GIVEN), ("192.0.2.2", Origin.MESSAGE)),
            id="both",
        ),
        pytest.param(("192.0.2.1", "192.0.2.1"), "192.0.2.1", (("192.0.2.1", Origin.GIVEN),), id="once"),
    ],
)
def test_which_addresses_the_mail_leaves_from(ips, client, expected):
    assert sending_of(profile(ips=ips), mail=mail(client_ip=client)).addresses == expected


@pytest.mark.parametrize(
    ("given", "message", "expected"),
    [
        pytest.param({}, None, [], id="nobody-says"),
        pytest.param({"sends_through": ("plain", "esp")}, None, ["plain", "esp"], id="named"),
        pytest.param({}, mail("s.esp.example"), ["esp"], id="signature"),
        pytest.param({}, mail(return_path_domain="b.plain.example"), ["plain"], id="bounce-address"),
        pytest.param({"sends_through": ("plain",)}, mail("esp.example"), ["plain"], id="named-and-no-other"),
    ],
)
def test_which_services_send(given, message, expected):
    assert [found.id for found in sending_of(profile(**given), BOOK, mail=message).services] == expected


@pytest.mark.parametrize(
    ("given", "options", "selectors", "are_guesses"),
    [
        pytest.param({"selectors": ("S1",)}, {}, (("s1", "shop.example"),), False, id="named"),
        pytest.param(
            {"selectors": ("s1._domainkey.esp.example.", "s2")},
            {"guess_selectors": True},
            (("s1", "esp.example"), ("s2", "shop.example")),
            False,
            id="with-its-domain",
        ),
        pytest.param({}, {}, (), True, id="not-guessed"),
        pytest.param(
            {},
            {"guess_selectors": True},
            tuple((name, "shop.example") for name in ("e1", "p1", "p2", "default")),
            True,
            id="guessed",
        ),
        pytest.param(
            {"sends_through": ("plain",)},
            {"guess_selectors": True},
            tuple((name, "shop.example") for name in ("p1", "p2", "e1", "default")),
            True,
            id="guessed-first-where-its-service-puts-them",
        ),
        pytest.param({}, {"guess_selectors": True, "mail": mail()}, (), True, id="the-mail-tells"),
        pytest.param(
            {"selectors": ("s1",)},
            {"mail": mail()},
            (("s1", "shop.example"),),
            False,
            id="named-besides-a-mail",
        ),
    ],
)
def test_where_its_keys_are_looked_for(given, options, selectors, are_guesses):
    how = sending_of(profile(**given), BOOK, **options)

    assert (how.selectors, how.selectors_are_guesses) == (selectors, are_guesses)


def test_a_mail_alone_says_where_it_is_from():
    message = mail()

    how = sending_of(None, BOOK, mail=message)

    assert how.from_domain == "shop.example"
    assert how.mail is message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(None, None, id="nobody-says-anything"),
        pytest.param(None, mail(from_address="", from_domain=""), id="a-mail-from-nobody"),
        pytest.param(profile(from_address=""), mail(), id="an-empty-profile"),
        pytest.param(profile(from_address="order@"), None, id="no-domain"),
        pytest.param(profile(envelope="no domain"), None, id="bad-envelope"),
        pytest.param(profile(reply_to="@"), None, id="bad-reply-to"),
    ],
)
def test_without_a_usable_address_nothing_is_checked(given, message):
    with pytest.raises(InputError, match="nothing was checked"):
        sending_of(given, BOOK, mail=message)


def test_a_mail_from_somebody_else_is_refused():
    with pytest.raises(InputError) as caught:
        sending_of(profile(from_address="other.example"), mail=mail())

    assert (caught.value.fields["other"], caught.value.fields["domain"]) == ("shop.example", "other.example")


def test_a_service_that_nobody_knows_is_refused_and_the_known_ones_are_named():
    with pytest.raises(InputError) as caught:
        sending_of(profile(sends_through=("esp", "eps")), BOOK)

    assert (caught.value.fields["name"], caught.value.fields["known"]) == ("eps", "esp, plain")


def test_the_volume_is_as_the_profile_says():
    assert sending_of(profile(volume_per_day=5000)).volume_per_day == 5000
