"""The table: what was demanded, what was seen, and whether that is enough."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One line: what a scenario demands."""

    demanded: str
    seen: str
    passed: bool


def table(results):
    """`results`: a list of (scenario's name, seconds, list of checks). As Markdown, with the seconds beside the name."""
    lines = ["| scenario | demanded | seen | |", "|---|---|---|---|"]
    for name, seconds, checks in results:
        title = f"{name}, {seconds:.0f} s"
        for check in checks:
            seen = check.seen.replace("\n", " ").replace("|", "/")
            lines.append(f"| {title} | {check.demanded} | {seen} | {'pass' if check.passed else '**FAIL**'} |")
            title = ""
    return "\n".join(lines)


def nothing_failed(who):
    """The check for a Tally or a Load of which no request may fail; one that got no answer has shown nothing."""
    failed = who.errors.total() if hasattr(who, "errors") else len(who.failures)
    return Check(f"{who.name}: 0 failed", who.seen(), failed == 0 and who.answers > 0)
