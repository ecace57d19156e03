"""The placeholders that texts of the rule book may hold."""

from string import Formatter

from deliv.core.wording import PLACEHOLDERS
from deliv.sources.fields import Fields
from deliv.sources.yamlfile import Located


def check_placeholders(fields: Fields, located: Located) -> None:
    """Note a placeholder in this text that nothing fills."""
    text = fields.as_text(located)
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        fields.report(located, "a brace is left open; write {{{{ and }}}} for braces that are to be shown")
        return
    for name in names:
        if name not in PLACEHOLDERS:
            fields.report(
                located,
                "nothing fills “{{{name}}}”; known are: {known}",
                name=name,
                known=", ".join(sorted(PLACEHOLDERS)),
            )
