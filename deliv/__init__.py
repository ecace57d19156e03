"""deliv: which customers will not see your order mail, and what to do instead.

Everything public is in ``__all__`` and loaded on first use (PEP 562), so that ``import deliv``
costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from deliv.version import __version__

if TYPE_CHECKING:
    from deliv.checklist import AssessmentStream as AssessmentStream
    from deliv.checklist import check as check
    from deliv.checklist import stream as stream
    from deliv.core.address import Address as Address
    from deliv.core.address import Mend as Mend
    from deliv.core.address import mend_address as mend_address
    from deliv.core.address import parse_address as parse_address
    from deliv.core.advice import Advice as Advice
    from deliv.core.advicebook import Action as Action
    from deliv.core.agenda import Agenda as Agenda
    from deliv.core.assess import assess as assess
    from deliv.core.assessment import Assessment as Assessment
    from deliv.core.assessment import Result as Result
    from deliv.core.auth.aggregate import CollectedReports as CollectedReports
    from deliv.core.auth.dkim import DkimKey as DkimKey
    from deliv.core.auth.dkim import parse_dkim_key as parse_dkim_key
    from deliv.core.auth.dmarc import DmarcDiscovery as DmarcDiscovery
    from deliv.core.auth.dmarc import DmarcRecord as DmarcRecord
    from deliv.core.auth.dmarc import parse_dmarc as parse_dmarc
    from deliv.core.auth.dmarc_result import DmarcResult as DmarcResult
    from deliv.core.auth.spf import SpfRecord as SpfRecord
    from deliv.core.auth.spf import parse_spf as parse_spf
    from deliv.core.auth.spf_check import SpfResult as SpfResult
    from deliv.core.backtest import backtest as backtest
    from deliv.core.bounces import Bounce as Bounce
    from deliv.core.bounces import BounceReport as BounceReport
    from deliv.core.bounces import Phase as Phase
    from deliv.core.canary import Trust as Trust
    from deliv.core.errors import AddressSyntaxError as AddressSyntaxError
    from deliv.core.errors import DelivError as DelivError
    from deliv.core.errors import DkimSyntaxError as DkimSyntaxError
    from deliv.core.errors import DmarcSyntaxError as DmarcSyntaxError
    from deliv.core.errors import HistoryError as HistoryError
    from deliv.core.errors import InputError as InputError
    from deliv.core.errors import OutputError as OutputError
    from deliv.core.errors import RecordingError as RecordingError
    from deliv.core.errors import RecordSyntaxError as RecordSyntaxError
    from deliv.core.errors import RuleErrors as RuleErrors
    from deliv.core.errors import SettingsErrors as SettingsErrors
    from deliv.core.errors import SpfSyntaxError as SpfSyntaxError
    from deliv.core.experience import Experience as Experience
    from deliv.core.experience import Remembered as Remembered
    from deliv.core.facts import MessageFacts as MessageFacts
    from deliv.core.facts import RecipientFacts as RecipientFacts
    from deliv.core.facts import Route as Route
    from deliv.core.facts import SenderFacts as SenderFacts
    from deliv.core.facts import parse_what_if as parse_what_if
    from deliv.core.findings import Finding as Finding
    from deliv.core.learning import learn_from as learn_from
    from deliv.core.mx import MxRecord as MxRecord
    from deliv.core.order import Order as Order
    from deliv.core.outcomes import BounceReason as BounceReason
    from deliv.core.outcomes import Outcome as Outcome
    from deliv.core.outcomes import OutcomeKind as OutcomeKind
    from deliv.core.placement import Placement as Placement
    from deliv.core.placement import Risk as Risk
    from deliv.core.providers import Provider as Provider
    from deliv.core.providers import ProviderKind as ProviderKind
    from deliv.core.question import Answer as Answer
    from deliv.core.question import AnswerStatus as AnswerStatus
    from deliv.core.question import Query as Query
    from deliv.core.question import RecordType as RecordType
    from deliv.core.question import Resolver as Resolver
    from deliv.core.report import Report as Report
    from deliv.core.report import RunHeader as RunHeader
    from deliv.core.report import Summary as Summary
    from deliv.core.rulebook import RuleBook as RuleBook
    from deliv.core.rulebook import classify as classify
    from deliv.core.rulebook import suggest_domain as suggest_domain
    from deliv.core.rules import Basis as Basis
    from deliv.core.rules import Reason as Reason
    from deliv.core.rules import Rule as Rule
    from deliv.core.rules import Severity as Severity
    from deliv.core.senderreport import SenderReport as SenderReport
    from deliv.core.settings import SenderProfile as SenderProfile
    from deliv.core.settings import Settings as Settings
    from deliv.followup import follow_up as follow_up
    from deliv.formats import Format as Format
    from deliv.formats import render as render
    from deliv.formats import write as write
    from deliv.gather import gather_facts as gather_facts
    from deliv.protocols import check_host as check_host
    from deliv.protocols import discover_dmarc as discover_dmarc
    from deliv.protocols import evaluate_dmarc as evaluate_dmarc
    from deliv.sender import audit_sender as audit_sender
    from deliv.sender import examine_sender as examine_sender
    from deliv.sources.aggregatereports import read_reports as read_reports
    from deliv.sources.bouncereading import read_bounce as read_bounce
    from deliv.sources.contactfiles import read_contacts as read_contacts
    from deliv.sources.message import OrderMail as OrderMail
    from deliv.sources.message import read_message as read_message
    from deliv.sources.orders import read_orders as read_orders
    from deliv.sources.recording import read_recording as read_recording
    from deliv.sources.resolver import DnsResolver as DnsResolver
    from deliv.sources.rulefiles import load_rules as load_rules
    from deliv.sources.settings import load_settings as load_settings

__all__ = [
    "Action",
    "Address",
    "AddressSyntaxError",
    "Advice",
    "Agenda",
    "Answer",
    "AnswerStatus",
    "Assessment",
    "AssessmentStream",
    "Basis",
    "Bounce",
    "BounceReason",
    "BounceReport",
    "CollectedReports",
    "DelivError",
    "DkimKey",
    "DkimSyntaxError",
    "DmarcDiscovery",
    "DmarcRecord",
    "DmarcResult",
    "DmarcSyntaxError",
    "DnsResolver",
    "Experience",
    "Finding",
    "Format",
    "HistoryError",
    "InputError",
    "Mend",
    "MessageFacts",
    "MxRecord",
    "Order",
    "OrderMail",
    "Outcome",
    "OutcomeKind",
    "OutputError",
    "Phase",
    "Placement",
    "Provider",
    "ProviderKind",
    "Query",
    "Reason",
    "RecipientFacts",
    "RecordSyntaxError",
    "RecordType",
    "RecordingError",
    "Remembered",
    "Report",
    "Resolver",
    "Result",
    "Risk",
    "Route",
    "Rule",
    "RuleBook",
    "RuleErrors",
    "RunHeader",
    "SenderFacts",
    "SenderProfile",
    "SenderReport",
    "Settings",
    "SettingsErrors",
    "Severity",
    "SpfRecord",
    "SpfResult",
    "SpfSyntaxError",
    "Summary",
    "Trust",
    "__version__",
    "assess",
    "audit_sender",
    "backtest",
    "check",
    "check_host",
    "classify",
    "discover_dmarc",
    "evaluate_dmarc",
    "examine_sender",
    "follow_up",
    "gather_facts",
    "learn_from",
    "load_rules",
    "load_settings",
    "mend_address",
    "parse_address",
    "parse_dkim_key",
    "parse_dmarc",
    "parse_spf",
    "parse_what_if",
    "read_bounce",
    "read_contacts",
    "read_message",
    "read_orders",
    "read_recording",
    "read_reports",
    "render",
    "stream",
    "suggest_domain",
    "write",
]

_HOMES: Final = {
    "AssessmentStream": "deliv.checklist",
    "check": "deliv.checklist",
    "stream": "deliv.checklist",
    "Address": "deliv.core.address",
    "Mend": "deliv.core.address",
    "mend_address": "deliv.core.address",
    "parse_address": "deliv.core.address",
    "Action": "deliv.core.advicebook",
    "Advice": "deliv.core.advice",
    "Agenda": "deliv.core.agenda",
    "assess": "deliv.core.assess",
    "Assessment": "deliv.core.assessment",
    "Result": "deliv.core.assessment",
    "CollectedReports": "deliv.core.auth.aggregate",
    "DkimKey": "deliv.core.auth.dkim",
    "parse_dkim_key": "deliv.core.auth.dkim",
    "DmarcDiscovery": "deliv.core.auth.dmarc",
    "DmarcRecord": "deliv.core.auth.dmarc",
    "parse_dmarc": "deliv.core.auth.dmarc",
    "DmarcResult": "deliv.core.auth.dmarc_result",
    "parse_spf": "deliv.core.auth.spf",
    "SpfRecord": "deliv.core.auth.spf",
    "SpfResult": "deliv.core.auth.spf_check",
    "Bounce": "deliv.core.bounces",
    "BounceReport": "deliv.core.bounces",
    "Phase": "deliv.core.bounces",
    "backtest": "deliv.core.backtest",
    "Trust": "deliv.core.canary",
    "AddressSyntaxError": "deliv.core.errors",
    "DelivError": "deliv.core.errors",
    "DkimSyntaxError": "deliv.core.errors",
    "DmarcSyntaxError": "deliv.core.errors",
    "HistoryError": "deliv.core.errors",
    "InputError": "deliv.core.errors",
    "OutputError": "deliv.core.errors",
    "RecordingError": "deliv.core.errors",
    "RecordSyntaxError": "deliv.core.errors",
    "RuleErrors": "deliv.core.errors",
    "SettingsErrors": "deliv.core.errors",
    "SpfSyntaxError": "deliv.core.errors",
    "Experience": "deliv.core.experience",
    "Remembered": "deliv.core.experience",
    "MessageFacts": "deliv.core.facts",
    "RecipientFacts": "deliv.core.facts",
    "Route": "deliv.core.facts",
    "SenderFacts": "deliv.core.facts",
    "parse_what_if": "deliv.core.facts",
    "Finding": "deliv.core.findings",
    "learn_from": "deliv.core.learning",
    "MxRecord": "deliv.core.mx",
    "Order": "deliv.core.order",
    "BounceReason": "deliv.core.outcomes",
    "Outcome": "deliv.core.outcomes",
    "OutcomeKind": "deliv.core.outcomes",
    "Placement": "deliv.core.placement",
    "Risk": "deliv.core.placement",
    "Provider": "deliv.core.providers",
    "ProviderKind": "deliv.core.providers",
    "Answer": "deliv.core.question",
    "AnswerStatus": "deliv.core.question",
    "Query": "deliv.core.question",
    "RecordType": "deliv.core.question",
    "Resolver": "deliv.core.question",
    "Report": "deliv.core.report",
    "RunHeader": "deliv.core.report",
    "Summary": "deliv.core.report",
    "classify": "deliv.core.rulebook",
    "RuleBook": "deliv.core.rulebook",
    "suggest_domain": "deliv.core.rulebook",
    "Basis": "deliv.core.rules",
    "Reason": "deliv.core.rules",
    "Rule": "deliv.core.rules",
    "Severity": "deliv.core.rules",
    "SenderReport": "deliv.core.senderreport",
    "SenderProfile": "deliv.core.settings",
    "Settings": "deliv.core.settings",
    "follow_up": "deliv.followup",
    "Format": "deliv.formats",
    "render": "deliv.formats",
    "write": "deliv.formats",
    "gather_facts": "deliv.gather",
    "check_host": "deliv.protocols",
    "discover_dmarc": "deliv.protocols",
    "evaluate_dmarc": "deliv.protocols",
    "audit_sender": "deliv.sender",
    "examine_sender": "deliv.sender",
    "read_contacts": "deliv.sources.contactfiles",
    "read_reports": "deliv.sources.aggregatereports",
    "read_bounce": "deliv.sources.bouncereading",
    "OrderMail": "deliv.sources.message",
    "read_message": "deliv.sources.message",
    "read_orders": "deliv.sources.orders",
    "read_recording": "deliv.sources.recording",
    "DnsResolver": "deliv.sources.resolver",
    "load_rules": "deliv.sources.rulefiles",
    "load_settings": "deliv.sources.settings",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return __all__
