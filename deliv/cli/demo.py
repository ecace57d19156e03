"""``deliv demo``: the whole pipeline on a sample, without a network."""

from pathlib import Path

from deliv.cli import options
from deliv.cli.exitcodes import ExitCode
from deliv.cli.language import tr


def demo(
    format_: options.FormatOption = None,
    output: options.OutputOption = None,
    lang: options.LangOption = None,
    as_of: options.AsOfOption = None,
    replay: options.ReplayOption = None,
) -> int:
    from deliv.cli.reporting import Target, format_by_ending, run_check
    from deliv.cli.setup import Setup, parse_day
    from deliv.core.settings import SenderProfile, Settings, ShopSettings
    from deliv.sources.recording import read_recording
    from deliv.sources.rulefiles import load_rules

    sample = Path(__file__).parent.parent / "sample"
    setup = Setup(
        settings=Settings(shop=ShopSettings(name="Example Shop", phone="03-0000-0000")),
        rules=load_rules(),
        resolver=read_recording(replay or sample / "dns.json"),
        sender=SenderProfile(from_address="order@shop.example"),
        as_of=parse_day(as_of),
        record=None,
    )
    target = Target(format=format_ or format_by_ending(output), path=output, lang=lang)
    run_check(str(sample / "orders.csv"), setup, target)
    return ExitCode.OK


demo.__doc__ = tr("Show the whole report on a sample of orders, without a network.")
