"""Draws bars: plain SVG with presentation attributes, as wide as the page gives room, without any script.

What a shade says, a pattern and the table beside it say too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from screening.chain_parts import ACCENT, INK, SOFT

ROW, BAR = 42, 14
# A part of a bar, in order: painted plain, hatched, dotted, empty.
PAINTS = ("plain", "hatched", "dotted", "empty")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, and its parts with their amounts, in the order of ``PAINTS``."""

    label: str
    parts: tuple[int, ...]

    @property
    def whole(self) -> int:
        return sum(self.parts)


def draw_bars(bars: Sequence[Bar], parts: Sequence[str], *, name: str, label: str) -> SafeString:
    """The bars under each other, each with its label and its whole over it. ``name`` is one the page has once."""
    most = max((bar.whole for bar in bars), default=0) or 1
    drawn = [
        f'<svg width="100%" height="{ROW * len(bars)}" role="img" aria-label="{escape(label)}" font-family="inherit"'
        f' font-size="13">{_patterns(name)}'
    ]
    for number, bar in enumerate(bars):
        top = ROW * number
        told = ", ".join(f"{amount:,} {part.lower()}" for amount, part in zip(bar.parts, parts, strict=True))
        drawn.append(
            f"<g><title>{escape(f'{bar.label}: {told}')}</title>"
            f'<text x="0" y="{top + 14}" fill="{INK}">{escape(bar.label)}</text>'
            f'<text x="100%" y="{top + 14}" text-anchor="end" fill="{INK}">{bar.whole:,}</text>'
        )
        left = 0.0
        for paint, amount in zip(PAINTS, bar.parts, strict=False):
            if amount:
                width = 99.5 * amount / most
                drawn.append(_part(name, paint, left, width, top + 20))
                left += width
        drawn.append("</g>")
    return mark_safe("".join(drawn) + "</svg>")  # noqa: S308 (every text in it is escaped)


def swatch(name: str, paint: str) -> SafeString:
    """A piece of paint for the legend of a drawing."""
    return mark_safe(  # noqa: S308
        '<svg width="28" height="14" aria-hidden="true" focusable="false">'
        f"{_patterns(name)}{_part(name, paint, 2, 94, 1, 12)}</svg>"
    )


def _part(name: str, paint: str, left: float, width: float, top: int, height: int = BAR) -> str:
    fill = {"plain": ACCENT, "empty": "#ffffff"}.get(paint, f"url(#{name}-{paint})")
    return (
        f'<rect x="{left:.3f}%" y="{top}" width="{width:.3f}%" height="{height}" fill="{fill}" stroke="{INK}"'
        ' stroke-width="1"/>'
    )


def _patterns(name: str) -> str:
    return (
        f'<defs><pattern id="{name}-hatched" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<path d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5" stroke="{INK}" stroke-width="1.5"/></pattern>'
        f'<pattern id="{name}-dotted" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<circle cx="3" cy="3" r="1.2" fill="{SOFT}"/></pattern></defs>'
    )
