"""What a backtest found, as a page for people, as the document ``deliv-backtest/1``, and as a diagram."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich.cells import cell_len

from deliv.core.scores import Bin, Score, Scores
from deliv.core.trials import Backtest, Event, Gain, Lack, Trial, Verdict
from deliv.formats.document import dump
from deliv.formats.reliability import percent, reliability_lines, reliability_svg
from deliv.formats.safe import printable
from deliv.locale import Translate, translator
from deliv.version import __version__

SCHEMA: Final = "deliv-backtest/1"
_COLUMN: Final = 18
_TESTS: Final = (Event.INBOX, Event.JUNK, Event.MISSING)


# --- for people -----------------------------------------------------------------------------------


def backtest_page(result: Backtest, lang: str, *, path: str) -> str:
    """Return a page: for each event a sentence, then the numbers, then the diagram."""
    return "".join(f"{printable(line)}\n" for line in _lines(result, lang, path=path))


def _lines(result: Backtest, lang: str, *, path: str) -> Iterator[str]:
    _ = translator(lang)
    yield _("How well your history foresees: {path}").format(path=path)
    if result.split is None:
        yield "  " + _("Nothing has been learned yet.")
    else:
        text = _("from {first} to {last}; everything since {split} was predicted from what came before it")
        yield "  " + text.format(first=result.first, last=result.last, split=result.split)
    for trial in _shown(result):
        yield ""
        yield from _section(trial, result, _)
    if result.enough:
        yield ""
        yield from _notes(_)


def _shown(result: Backtest) -> list[Trial]:
    """Return the trials that are worth a section: what is said of all test mails is said once."""
    by_event = {trial.event: trial for trial in result.trials}
    tests = [by_event[event] for event in _TESTS]
    is_alike = all(trial.lack in (Lack.EARLIER, Lack.LATER) for trial in tests)
    return [by_event[Event.REFUSED], *(tests[:1] if is_alike else tests)]


def _section(trial: Trial, result: Backtest, translate: Translate) -> Iterator[str]:
    _ = translate
    yield _(_name(trial.event))
    yield "  " + _sentence(trial, result, _)
    if not trial.enough:
        if trial.event is Event.REFUSED and not trial.earlier + trial.mails:
            hint = _("Rows “sent” tell how many mails were sent, or your order export: deliv learn --as sent")
            yield f"  {hint}"
        return
    text = _("{mails} mails were predicted from {earlier} earlier ones; it happened {events} times ({share})")
    share = percent(trial.events / trial.mails)
    numbers = {name: f"{getattr(trial, name):,}" for name in ("mails", "earlier", "events")}
    yield "  " + text.format(share=share, **numbers)
    yield ""
    yield from (f"  {line}" for line in _table(trial, _))
    yield ""
    yield from (f"  {line}".rstrip() for line in reliability_lines(trial.bins, _))


def _sentence(trial: Trial, result: Backtest, translate: Translate) -> str:
    """Return the verdict."""
    _ = translate
    if trial.lack is not None or trial.over_global is None or trial.over_priors is None:
        return _(_lack(trial)).format(
            have=f"{trial.have:,}",
            need=f"{trial.need:,}",
            split=result.split,
            mails=f"{trial.mails:,}",
            events=f"{trial.events:,}",
        )
    template = "The figures foresaw {what} {first} one rate for all, and {second} the rule book alone."
    first, second = _(_verdict(trial.over_global)), _(_verdict(trial.over_priors))
    return _(template).format(what=_(_later(trial.event)), first=first, second=second)


def _name(event: Event) -> str:
    match event:
        case Event.REFUSED:
            return "Bounces"
        case Event.INBOX:
            return "Test mails: inbox"
        case Event.JUNK:
            return "Test mails: junk folder"
        case Event.MISSING:
            return "Test mails: nowhere"


def _later(event: Event) -> str:
    match event:
        case Event.REFUSED:
            return "your later bounces"
        case Event.INBOX:
            return "which of your later test mails were in the inbox"
        case Event.JUNK:
            return "which of your later test mails were in the junk folder"
        case Event.MISSING:
            return "which of your later test mails never came"


def _lack(trial: Trial) -> str:
    match trial.lack:
        case Lack.EARLIER if trial.event is Event.REFUSED and not trial.earlier + trial.mails:
            return "Not enough data: no count of sent mail, so there is no rate to predict."
        case Lack.EARLIER if not trial.earlier + trial.mails:
            return "Not enough data: no test mail is known."
        case Lack.EARLIER:
            return "Not enough data: {have} of {need} mails needed before {split}."
        case Lack.LATER:
            return "Not enough data: {have} of {need} mails needed since {split}."
        case Lack.UNITS:
            return "Not enough data: {have} of {need} months (counted at each provider) needed since {split}."
        case _:
            return (
                "Not enough data: of {mails} mails it happened to {events}; of either sort it takes {need}."
            )


def _verdict(gain: Gain) -> str:
    match gain.verdict:
        case Verdict.BETTER:
            return "better than"
        case Verdict.ALIKE:
            return "about as well as"
        case Verdict.WORSE:
            return "worse than"


def _table(trial: Trial, translate: Translate) -> Iterator[str]:
    _ = translate
    ways = (
        (_("with your history"), trial.model),
        (_("one rate for all"), trial.global_rate),
        (_("rule book alone"), trial.priors),
    )
    left = max(cell_len(name) for name, _scores in ways) + 2
    titles = (_("Brier score"), _("log loss"), _("calibration error"))
    yield _row("", left, titles)
    for name, scores in ways:
        if scores is not None:
            figures = (scores.brier, scores.log_loss)
            error = scores.calibration
            yield _row(name, left, (*(f"{each.value:.4f}" for each in figures), percent(error.value)))
            ends = tuple(f"{each.low:.4f}-{each.high:.4f}" for each in figures)
            yield _row("", left, (*ends, f"{percent(error.low)}-{percent(error.high)}"))


def _row(name: str, left: int, cells: tuple[str, ...]) -> str:
    line = name + " " * (left - cell_len(name))
    for cell in cells:
        line += cell + " " * max(1, _COLUMN - cell_len(cell))
    return line.rstrip()


def _notes(translate: Translate) -> Iterator[str]:
    _ = translate
    yield _(
        "Less is better. The ranges are 90% intervals, over providers and months: their mails share a fate."
    )
    yield _("Calibration error: how far a predicted share was from what happened; chance alone makes some.")
    yield _("“Better” and “worse” are said only where both scores leave no doubt within 90%.")


# --- for machines ---------------------------------------------------------------------------------


def backtest_json(result: Backtest, lang: str, *, path: str) -> str:
    """Return the same as one JSON document."""
    parts: dict[str, Any] = {
        "schema": SCHEMA,
        "lang": lang,
        "version": __version__,
        "path": path,
        "first_day": result.first and result.first.isoformat(),
        "last_day": result.last and result.last.isoformat(),
        "split": result.split and result.split.isoformat(),
        "months": result.months,
        "enough": result.enough,
        "events": [_trial(trial, result, lang) for trial in result.trials],
    }
    return dump(parts) + "\n"


def _trial(trial: Trial, result: Backtest, lang: str) -> dict[str, Any]:
    scores: Mapping[str, Scores | None] = {
        "model": trial.model,
        "global_rate": trial.global_rate,
        "rule_book": trial.priors,
    }
    over = {"global_rate": trial.over_global, "rule_book": trial.over_priors}
    return {
        "event": trial.event,
        "message": _sentence(trial, result, translator(lang)),
        "earlier_mails": trial.earlier,
        "mails": trial.mails,
        "happened": trial.events,
        "units": trial.units,
        "lack": trial.lack and {"of": trial.lack, "have": trial.have, "need": trial.need},
        "scores": {name: each and _scores(each) for name, each in scores.items()} if trial.model else None,
        "gains": {name: each and _gain(each, trial) for name, each in over.items()} if trial.model else None,
        "bins": [_bin(each) for each in trial.bins],
    }


def _scores(scores: Scores) -> dict[str, Any]:
    return {
        "brier": _score(scores.brier),
        "log_loss": _score(scores.log_loss),
        "calibration_error": _score(scores.calibration),
    }


def _gain(gain: Gain, trial: Trial) -> dict[str, Any]:
    return {
        "brier": _score(gain.brier),
        "log_loss": _score(gain.log_loss),
        "verdict": gain.verdict if trial.enough else None,
    }


def _score(score: Score) -> dict[str, float]:
    return {"value": round(score.value, 6), "low": round(score.low, 6), "high": round(score.high, 6)}


def _bin(each: Bin) -> dict[str, float]:
    return {
        "predicted": round(each.predicted, 6),
        "observed": round(each.observed, 6),
        "low": round(each.low, 6),
        "high": round(each.high, 6),
        "mails": round(each.mails),
    }


# --- the diagram ----------------------------------------------------------------------------------


def backtest_svg(result: Backtest, lang: str) -> str:
    """Return the reliability diagrams of all events of which something can be said; empty for none."""
    _ = translator(lang)
    diagrams = [(_(_name(trial.event)), trial.bins) for trial in result.trials if trial.enough]
    if not diagrams:
        return ""
    title = _("Prediction and outcome since {split}").format(split=result.split)
    return reliability_svg(diagrams, _, title=title)
