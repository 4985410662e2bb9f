"""Labels: where names and numbers stand on a map, so that none is cut and none hides another, not even on a phone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.report.lettering import text_width

if TYPE_CHECKING:
    from numpy.typing import NDArray

PHONE_LETTERS = 26.0  # size of the names on a phone, pixels of this canvas; style.css says the same
PHONE_MARK = 18.0  # radius of a numbered mark on a phone, pixels of this canvas; style.css says the same
LONGEST = 22  # letters of a name on the map
MAP_WIDTH = 720.0


@dataclass(frozen=True, slots=True)
class Place:
    """A region on the map: pixel, and on which side its name stands."""

    name: str
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str


def place(
    name: str, here: NDArray[np.float64], other: NDArray[np.float64], height: float, *, second: bool = False
) -> Place:
    """Set the name on the side away from the other place, and inside the map."""
    x, y = float(here[0]), float(here[1])
    right = bool(x > other[0]) if abs(x - other[0]) > 1 else second
    short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"
    # On a phone the letters are drawn larger (style.css) and bold: change sides if there is no room for them.
    room = 1.1 * text_width(short, PHONE_LETTERS) + 14.0
    space = (x, MAP_WIDTH - x)
    if space[right] < room:
        right = space[1] > space[0]
    below = y > other[1] if abs(y - other[1]) > 1 else second
    shift = (14.0 if below else -6.0) if abs(y - other[1]) < 30 else 4.0
    return Place(
        name=short,
        x=round(x, 1),
        y=round(y, 1),
        label_x=round(x + (9.0 if right else -9.0), 1),
        label_y=round(min(max(y + shift, PHONE_LETTERS), height - PHONE_LETTERS / 3), 1),
        anchor="start" if right else "end",
    )


def apart(a: Place, b: Place, height: float) -> tuple[Place, Place]:
    """Move the lower of two names down, or the upper one up, where they would run into each other on a phone."""
    spans = []
    for place in (a, b):
        width = 1.1 * text_width(place.name, PHONE_LETTERS)
        left = place.label_x - (0.0 if place.anchor == "start" else width)
        spans.append((left, left + width))
    missing = PHONE_LETTERS - abs(a.label_y - b.label_y)
    if missing <= 0 or spans[0][1] < spans[1][0] or spans[1][1] < spans[0][0]:
        return a, b
    under, lowest = a.label_y >= b.label_y, max(a.label_y, b.label_y)
    down = lowest + missing <= height - PHONE_LETTERS / 3
    step = missing if down else -missing
    if under == down:
        return replace(a, label_y=round(a.label_y + step, 1)), b
    return a, replace(b, label_y=round(b.label_y + step, 1))


def along(home: Place) -> NDArray[np.float64]:
    """Return a place and points along its name, as large as on a phone, about a letter apart, shape (n, 2)."""
    width = text_width(home.name, PHONE_LETTERS) * (1 if home.anchor == "start" else -1)
    steps = np.linspace(0.0, 1.0, len(home.name) + 1)
    middle = home.label_y - PHONE_LETTERS / 3
    return np.array([[home.x, home.y], *([home.label_x + width * step, middle] for step in steps)])


def spread(spots: NDArray[np.float64], home: NDArray[np.float64], height: float) -> NDArray[np.float64]:
    """Move labels away from their places, and from each other, until none overlap, not even as large as on a phone."""
    n = len(spots)
    turn = np.arange(n) * 2.399963  # the golden angle: no two start alike
    labels = spots + (PHONE_MARK + 4.0) * np.column_stack([np.cos(turn), np.sin(turn)])
    fixed = np.vstack([spots, home])
    for _ in range(300):
        push = np.zeros_like(labels)
        for others, least in ((labels, 2 * PHONE_MARK + 2.0), (fixed, PHONE_MARK + 4.0)):
            gap = labels[:, None, :] - others[None, :, :]
            far = np.hypot(gap[..., 0], gap[..., 1])
            near = (far < least) & (far > 1e-9)
            push += (gap / np.maximum(far, 1e-9)[..., None] * (near * (least - far) / 2)[..., None]).sum(
                axis=1
            )
        edge = PHONE_MARK + 1.0
        labels = np.clip(labels + push, edge, [MAP_WIDTH - edge, height - edge])
        if np.abs(push).max(initial=0.0) < 0.05:
            break
    return labels
