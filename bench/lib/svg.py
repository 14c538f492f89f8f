"""Line charts in SVG: small files that a browser shows on a light page and on a dark one."""

import math
from dataclasses import dataclass
from html import escape
from typing import Callable

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 66, 40, 50, 58  # what is left free around the lines, for the words
COLOURS = [("#0969da", "#58a6ff"), ("#bc4c00", "#f0883e"), ("#8250df", "#bc8cff")]  # on light, on dark
DASHES = ["none", "7 4", "2 4"]
STEPS = (1, 2, 2.5, 5, 10)


@dataclass
class Axis:
    """`ticks` are pairs of a value and its label; the first and the last are where the axis begins and ends."""

    title: str
    ticks: list
    scale: Callable = float  # from a value to what is even on the axis

    def place(self, value):
        """Where the value is between the beginning, 0, and the end, 1."""
        first, last = (self.scale(self.ticks[end][0]) for end in (0, -1))
        return (self.scale(value) - first) / (last - first)


@dataclass
class Line:
    """`points` are x, y, and the lowest and the highest y that were seen there."""

    name: str
    points: list


def from_zero(highest):
    """Even ticks from 0 to beyond `highest`."""
    power = 10 ** math.floor(math.log10(highest / 5))
    step = next(step * power for step in STEPS if step * power * 5 >= highest)
    return [(number * step, f"{number * step:,g}") for number in range(math.ceil(highest / step) + 1)]


def chart(title, x, y, lines, level=None):
    """The text of a picture of at most three lines. `level`: a y that is marked all the way, and its name."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{_style()}</style>",
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
        *_axes(x, y),
        *(_level(y, *level) if level else []),
    ]
    for number, line in enumerate(lines):
        parts += [f'<g class="line{number}">', *_line(x, y, line), *_legend(number, line.name), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _style():
    def colours(dark):
        return "".join(f".line{number}{{stroke:{pair[dark]};fill:{pair[dark]}}}" for number, pair in enumerate(COLOURS))

    dashes = "".join(f".line{number} .curve{{stroke-dasharray:{dash}}}" for number, dash in enumerate(DASHES))
    light = ".page{fill:#fff}.grid{stroke:#d1d9e0}text{fill:#1f2328}.level{stroke:#59636e}"
    dark = ".page{fill:#0d1117}.grid{stroke:#3d444d}text{fill:#f0f6fc}.level{stroke:#9198a1}"
    return (
        f"text{{font:13px sans-serif;stroke:none}}.curve{{fill:none;stroke-width:2}}{light}{colours(0)}{dashes}"
        f"@media(prefers-color-scheme:dark){{{dark}{colours(1)}}}"
    )


def _axes(x, y):
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for value, label in y.ticks:
        height = _down(y, value)
        yield f'<path class="grid" d="M{LEFT} {height}H{right}"/>'
        yield f'<text x="{LEFT - 8}" y="{height + 4.5}" text-anchor="end">{escape(label)}</text>'
    for value, label in x.ticks:
        place = _across(x, value)
        yield f'<path class="grid" d="M{place} {bottom}v5"/>'
        yield f'<text x="{place}" y="{bottom + 20}" text-anchor="middle">{escape(label)}</text>'
    yield f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{escape(x.title)}</text>'
    middle = (TOP + bottom) / 2
    yield f'<text transform="translate(17 {middle}) rotate(-90)" text-anchor="middle">{escape(y.title)}</text>'


def _level(y, value, name):
    height = _down(y, value)
    yield f'<path class="level" d="M{LEFT} {height}H{WIDTH - RIGHT}"/>'
    yield f'<text x="{LEFT + 6}" y="{height - 6}">{escape(name)}</text>'


def _line(x, y, line):
    points = [(_across(x, value), *(_down(y, level) for level in levels)) for value, *levels in line.points]
    yield f'<path class="curve" d="M{"L".join(f"{across} {down}" for across, down, _, _ in points)}"/>'
    for across, down, low, high in points:
        yield f'<circle cx="{across}" cy="{down}" r="3.5"/>' + (f'<path d="M{across} {low}V{high}"/>' if low != high else "")


def _legend(number, name):
    place = LEFT + number * 200
    yield f'<path class="curve" d="M{place} 24h34"/><circle cx="{place + 17}" cy="24" r="3.5"/>'
    yield f'<text x="{place + 42}" y="28.5">{escape(name)}</text>'


def _across(x, value):
    return round(LEFT + x.place(value) * (WIDTH - LEFT - RIGHT), 1)


def _down(y, value):
    return round(HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM), 1)
