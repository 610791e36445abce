"""Scenes that look drawn by hand on paper and held to a camera: digits, circles, triangles, squares, stars, arrows.

Digits are those of scikit-learn (people's handwriting, 8 x 8) and strokes of our own. Paper, light and lens are drawn
too: no real photo is in it. Two scenes of one seed are the same, pixel by pixel.
"""

import math
from functools import cache
from itertools import pairwise

import cv2
import numpy as np

LABELS = (*"0123456789", "circle", "triangle", "square", "star", "arrow")

# How people write digits with a pen: strokes of points in a box of 1 x 1, y down. One way is taken at random.
_DIGITS = {
    "0": [[[(0.5, 0), (0.15, 0.2), (0.1, 0.6), (0.3, 0.95), (0.6, 1), (0.88, 0.7), (0.85, 0.25), (0.5, 0)]]],
    "1": [
        [[(0.5, 0), (0.5, 1)]],
        [[(0.25, 0.25), (0.55, 0), (0.55, 1)]],
        [[(0.25, 0.25), (0.55, 0), (0.55, 1)], [(0.25, 1), (0.85, 1)]],
    ],
    "2": [[[(0.1, 0.25), (0.3, 0.03), (0.65, 0.02), (0.85, 0.25), (0.7, 0.5), (0.1, 1), (0.9, 1)]]],
    "3": [
        [
            [
                (0.1, 0.12),
                (0.4, 0),
                (0.75, 0.08),
                (0.8, 0.3),
                (0.4, 0.48),
                (0.8, 0.6),
                (0.85, 0.85),
                (0.5, 1),
                (0.1, 0.88),
            ]
        ]
    ],
    "4": [
        [[(0.55, 0), (0.1, 0.65), (0.9, 0.65)], [(0.68, 0.35), (0.66, 1)]],
        [[(0.2, 0), (0.15, 0.5), (0.85, 0.5)], [(0.75, 0), (0.7, 1)]],
    ],
    "5": [
        [[(0.85, 0), (0.25, 0), (0.2, 0.42), (0.6, 0.38), (0.88, 0.65), (0.65, 0.97), (0.12, 0.93)]],
        [[(0.25, 0), (0.2, 0.42), (0.6, 0.38), (0.88, 0.65), (0.65, 0.97), (0.12, 0.93)], [(0.25, 0), (0.9, 0.02)]],
    ],
    "6": [[[(0.75, 0), (0.3, 0.35), (0.12, 0.75), (0.4, 1), (0.8, 0.85), (0.75, 0.55), (0.4, 0.5), (0.15, 0.72)]]],
    "7": [[[(0.1, 0.02), (0.9, 0), (0.4, 1)]], [[(0.1, 0.02), (0.9, 0), (0.4, 1)], [(0.3, 0.5), (0.8, 0.48)]]],
    "8": [
        [
            [
                (0.75, 0.12),
                (0.4, 0),
                (0.2, 0.2),
                (0.5, 0.47),
                (0.85, 0.75),
                (0.5, 1),
                (0.15, 0.78),
                (0.5, 0.47),
                (0.8, 0.2),
                (0.75, 0.12),
            ]
        ]
    ],
    "9": [
        [[(0.82, 0.25), (0.5, 0.02), (0.18, 0.25), (0.4, 0.52), (0.8, 0.3), (0.82, 0.25), (0.75, 0.6), (0.6, 1)]],
        [[(0.8, 0.25), (0.5, 0.02), (0.18, 0.25), (0.4, 0.52), (0.8, 0.3), (0.78, 0.1), (0.78, 1)]],
    ],
}


@cache
def _written_digits(held_out: bool) -> tuple[np.ndarray, np.ndarray]:
    """Scikit-learn's digits, (n, 8, 8) from 0 to 1, and what they are. The last 360 are held out: other writers."""
    from sklearn.datasets import load_digits

    data = load_digits()
    part = slice(-360, None) if held_out else slice(None, -360)
    return data.images[part] / 16, data.target[part]


def draw_scene(
    seed: int, *, size: int = 320, held_out: bool = False, hard: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draws one scene.

    Args:
        seed: Fixes everything.
        size: Pixels of a side.
        held_out: Take digits from writers that training scenes never take.
        hard: Stronger perspective, blur, shadow and camera noise than training scenes have.

    Returns:
        Red, green, blue, (size, size, 3) uint8; labels (objects,); boxes xmin, ymin, xmax, ymax (objects, 4).
    """
    rng = np.random.default_rng((seed, held_out, hard))
    paper, ink_sheet, color_sheet = (
        _paper(rng, size),
        np.zeros((size, size), np.float32),
        np.zeros((size, size, 3), np.float32),
    )
    labels, outlines = [], []
    pen = _pen(rng)
    for center, extent in _places(rng, size, int(rng.integers(2, 11))):
        if rng.random() < 0.35:
            pen = _pen(rng)
        label = int(rng.integers(10) if rng.random() < 0.55 else rng.integers(10, 15))
        if LABELS[label] == "0":
            extent = extent * (rng.uniform(0.65, 0.9), 1)  # people write a zero narrower than a circle
        elif LABELS[label] == "circle":
            extent = extent[[0, 0]] * (1, rng.uniform(0.9, 1.1))
        ink, pen_color = np.zeros((size, size), np.uint8), pen[1]
        if label < 10 and rng.random() < 0.6:
            _stamp_digit(rng, ink, label, center, extent, held_out)
        else:
            _stroke(rng, ink, _strokes(rng, label), center, extent, max(1.2, pen[0] * size / 320))
        labels.append(label)
        outlines.append(np.argwhere(ink > 60)[:, ::-1].astype(np.float32))
        _put(ink_sheet, color_sheet, ink, pen_color, pen[2])
    for _ in range(int(rng.integers(0, 3))):  # lines that mean nothing
        ink = np.zeros((size, size), np.uint8)
        _scribble(rng, ink, [o.mean(axis=0) for o in outlines], size)
        _put(ink_sheet, color_sheet, ink, pen[1], pen[2])
    if rng.random() < 0.3:  # pencil and dry markers leave the grain of the paper white
        ink_sheet *= 1 - rng.uniform(0.1, 0.5) * cv2.GaussianBlur(
            rng.random((size, size), dtype=np.float32), (0, 0), 0.7
        )
    page = paper * (1 - ink_sheet[..., None]) + color_sheet * ink_sheet[..., None]
    page, matrix = _seen_from_aside(rng, page, size, hard)
    picture = _photographed(rng, page * _light(rng, size, hard), hard)
    boxes, kept = [], []
    for label, outline in zip(labels, outlines, strict=True):
        points = cv2.perspectiveTransform(outline[None], matrix)[0]
        box = np.concatenate((points.min(axis=0) - 0.5, points.max(axis=0) + 0.5))
        cut = box.clip(0, size)
        if np.prod(cut[2:] - cut[:2]) > 0.6 * np.prod(box[2:] - box[:2]):
            boxes.append(cut)
            kept.append(label)
    return picture, np.array(kept, dtype=np.int64), np.array(boxes, dtype=np.float32).reshape(-1, 4)


def _places(rng, size: int, count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Centres and widths and heights of things that do not lie on each other."""
    common, placed = rng.uniform(0.1, 0.3), []
    for _ in range(count * 6):
        side = np.clip(common * rng.uniform(0.75, 1.35), 0.08, 0.5) * size
        extent = side * np.array([rng.uniform(0.65, 1.1), 1.0])
        center = rng.uniform(extent / 2 + 4, size - extent / 2 - 4)
        if all((np.abs(center - c) > (extent + e) / 2 * 1.12 + 2).any() for c, e in placed):
            placed.append((center, extent))
        if len(placed) == count:
            break
    return placed


def _pen(rng) -> tuple[float, np.ndarray, float]:
    """Width in pixels of a 320-pixel scene, colour 0 to 1, and how well it covers."""
    colors = [
        (0.1, 0.1, 0.12),
        (0.12, 0.15, 0.5),
        (0.05, 0.2, 0.65),
        (0.65, 0.1, 0.12),
        (0.1, 0.4, 0.2),
        (0.35, 0.35, 0.37),
        (0.45, 0.15, 0.5),
        (0.8, 0.35, 0.05),
    ]
    color = np.clip(
        np.array(colors[rng.choice(len(colors), p=[0.3, 0.2, 0.1, 0.1, 0.08, 0.12, 0.05, 0.05])])
        + rng.normal(0, 0.04, 3),
        0,
        1,
    )
    width = rng.uniform(1.3, 2.6) if rng.random() < 0.6 else rng.uniform(3, 7)  # a pen, or a marker
    return width, color, rng.uniform(0.65, 1.0)


def _strokes(rng, label: int) -> list[np.ndarray]:
    """The strokes of a thing in a box of about 1 x 1 around the middle."""
    name = LABELS[label]
    if label < 10:
        ways = _DIGITS[name]
        return [_smooth(np.array(stroke)) - 0.5 for stroke in ways[rng.integers(len(ways))]]
    turn = rng.uniform(-math.pi, math.pi)
    if name == "circle":
        angles = turn + np.linspace(0, 2 * math.pi + rng.uniform(-0.25, 0.5), 40)
        return [np.stack((np.cos(angles), np.sin(angles)), axis=1) * 0.5]
    if name == "arrow":
        bend = rng.uniform(-0.12, 0.12)
        shaft = _smooth(np.array([(-0.5, 0), (0, bend), (0.5, 0)]))
        head, spread = rng.uniform(0.2, 0.4), rng.uniform(0.35, 0.75)
        barbs = [(0.5 - head * math.cos(spread), side * head * math.sin(spread)) for side in (-1, 1)]
        wings = np.array([barbs[0], (0.5, 0), barbs[1]] + ([barbs[0]] if rng.random() < 0.3 else []))
        return [_turn(shaft, turn), _turn(wings, turn)]
    if name == "star":
        if rng.random() < 0.5:  # in one go, crossing itself
            corners = [(math.sin(4 * math.pi * i / 5), -math.cos(4 * math.pi * i / 5)) for i in range(6)]
        else:
            inner = rng.uniform(0.36, 0.55)
            corners = [
                (
                    (inner if i % 2 else 1) * math.sin(math.pi * i / 5),
                    -(inner if i % 2 else 1) * math.cos(math.pi * i / 5),
                )
                for i in range(11)
            ]
        return [_turn(np.array(corners) * 0.5, rng.normal(0, 0.25))]
    if name == "triangle":
        corners = np.array([(rng.uniform(-0.25, 0.25), -0.5), (0.5, 0.5), (-0.5, 0.5)])
        turn = rng.choice([0, math.pi]) + rng.normal(0, 0.2) if rng.random() < 0.8 else turn
    else:
        corners, turn = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]), rng.normal(0, 0.1)
        turn += math.pi / 4 if rng.random() < 0.1 else 0
    corners = np.roll(corners, rng.integers(len(corners)), axis=0)
    past = corners[0] + (corners[1] - corners[0]) * max(0, rng.normal(0, 0.08))  # the pen goes a bit too far
    return [_turn(np.vstack((corners, corners[:1], past[None])), turn)]


def _turn(points: np.ndarray, angle: float) -> np.ndarray:
    return points @ np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])


def _smooth(points: np.ndarray, steps: int = 8) -> np.ndarray:
    """A curve through points (Catmull-Rom)."""
    p = np.vstack((points[:1], points, points[-1:]))
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)
    ]
    return np.vstack((*pieces, points[-1:]))


def _stroke(
    rng, ink: np.ndarray, strokes: list[np.ndarray], center: np.ndarray, extent: np.ndarray, width: float
) -> None:
    """Draws strokes with a hand that is not quite steady."""
    slant = np.array([[1, 0], [rng.normal(0, 0.12), 1]])
    turn = rng.normal(0, 0.1)
    for stroke in strokes:
        steps = max(1, 160 // len(stroke))
        long = [np.linspace(a, b, steps, endpoint=False) for a, b in pairwise(stroke)]
        points = _turn(np.vstack((*long, stroke[-1:])) @ slant, turn) * extent
        wobble = rng.normal(0, 1, (len(points), 2))
        kernel = np.hanning(41) / np.hanning(41).sum()
        wobble = np.stack([np.convolve(w, kernel, mode="same") for w in wobble.T], axis=1)
        points = points + center + wobble * extent.max() * rng.uniform(0.01, 0.09)
        thickness = max(1, round(width * rng.uniform(0.85, 1.15)))
        cv2.polylines(ink, [np.round(points * 16).astype(np.int32)], False, 255, thickness, cv2.LINE_AA, shift=4)
    if thickness == 1:
        cv2.GaussianBlur(ink, (0, 0), 0.5, dst=ink)
        np.minimum(255, ink.astype(np.int32) * 2, out=ink, casting="unsafe")


def _stamp_digit(rng, ink: np.ndarray, label: int, center: np.ndarray, extent: np.ndarray, held_out: bool) -> None:
    """A digit that somebody wrote, enlarged; its edge is where the interpolated ink passes a threshold."""
    images, targets = _written_digits(held_out)
    digit = images[rng.choice(np.flatnonzero(targets == label))].astype(np.float32)
    side = int(extent[1] * 1.3)
    large = cv2.GaussianBlur(
        cv2.resize(np.pad(digit, 1), (side, side), interpolation=cv2.INTER_CUBIC), (0, 0), max(0.5, side / 40)
    )
    large = 1 / (1 + np.exp(-(large - rng.uniform(0.40, 0.56)) * min(60, side * 0.6)))
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), float(rng.normal(0, 6)), 1)
    matrix[:, 2] += center - side / 2
    placed = cv2.warpAffine(large, matrix, ink.shape[::-1], flags=cv2.INTER_LINEAR)
    np.maximum(ink, (placed * 255).astype(np.uint8), out=ink)


def _scribble(rng, ink: np.ndarray, taken: list[np.ndarray], size: int) -> None:
    kind, start = rng.integers(3), rng.uniform(0, size, 2)
    if any(np.abs(start - t).max() < size * 0.25 for t in taken):
        return
    if kind == 0:  # a wave, like a line of writing seen from afar
        x = np.linspace(0, rng.uniform(20, 60), 40)
        points = start + np.stack((x, rng.uniform(2, 5) * np.sin(x / rng.uniform(1, 3)) + rng.normal(0, 1, 40)), axis=1)
    elif kind == 1:  # a dash
        points = start + np.stack(
            (np.linspace(0, rng.uniform(-40, 40), 8), np.linspace(0, rng.uniform(-8, 8), 8)), axis=1
        )
    else:  # dots
        for _ in range(3):
            cv2.circle(
                ink, tuple(int(v) for v in start + rng.normal(0, 8, 2)), int(rng.integers(1, 4)), 255, -1, cv2.LINE_AA
            )
        return
    cv2.polylines(ink, [np.round(points).astype(np.int32)], False, 255, int(rng.integers(1, 4)), cv2.LINE_AA)


def _put(sheet: np.ndarray, colors: np.ndarray, ink: np.ndarray, color: np.ndarray, cover: float) -> None:
    alpha = ink.astype(np.float32) / 255 * cover
    np.copyto(colors, color.astype(np.float32), where=(alpha > sheet)[..., None])
    np.maximum(sheet, alpha, out=sheet)


def _paper(rng, size: int) -> np.ndarray:
    """White, cream, grey or brown; plain, ruled, squared or dotted. (size, size, 3) from 0 to 1."""
    tones = [(0.97, 0.97, 0.96), (0.96, 0.93, 0.84), (0.86, 0.86, 0.85), (0.78, 0.68, 0.52)]
    paper = np.empty((size, size, 3), np.float32)
    paper[:] = np.array(tones[rng.choice(4, p=[0.55, 0.25, 0.12, 0.08])]) + rng.normal(0, 0.02, 3)
    kind, gap = rng.choice(4, p=[0.45, 0.25, 0.2, 0.1]), int(rng.integers(9, 34))
    tint = np.array([(0.6, 0.72, 0.88), (0.7, 0.7, 0.72), (0.85, 0.62, 0.62)][rng.integers(3)], np.float32)
    strength, first = rng.uniform(0.25, 0.9), int(rng.integers(gap))
    if kind == 3:
        paper[first::gap, first::gap] = tint * 0.7
    for axis in range({1: 1, 2: 2}.get(int(kind), 0)):
        lines = paper[first::gap] if axis == 0 else paper[:, first::gap]
        lines += (tint - lines) * strength
    if kind == 1 and rng.random() < 0.4:
        paper[:, int(rng.integers(size // 3))] = (0.85, 0.45, 0.45)
    grain = cv2.GaussianBlur(rng.normal(0, 1, (size, size)).astype(np.float32), (0, 0), rng.uniform(0.6, 3))
    return paper * (1 + grain[..., None] * rng.uniform(0.005, 0.04))


def _seen_from_aside(rng, page: np.ndarray, size: int, hard: bool) -> tuple[np.ndarray, np.ndarray]:
    """The page in perspective on a table, and the matrix that moved it."""
    reach = rng.uniform(0.1, 0.22) if hard else rng.uniform(0, 0.12)
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    moved = corners + rng.uniform(-reach, reach, (4, 2)) * (0.4 if rng.random() < 0.5 else 1)
    turned = _turn(moved - 0.5, rng.normal(0, 0.06)) * rng.uniform(0.85, 1.1) + 0.5
    matrix = cv2.getPerspectiveTransform(corners * size, (turned * size).astype(np.float32))
    table = (
        rng.uniform(0.1, 0.7, 3)
        * np.ones((size, size, 3))
        * (1 + 0.15 * cv2.resize(rng.normal(0, 1, (size // 4, 4)).astype(np.float32), (size, size))[..., None])
    )
    whole = cv2.warpPerspective(np.ones((size, size), np.float32), matrix, (size, size))[..., None]
    if rng.random() < 0.5:  # the sheet goes on beyond the picture
        return cv2.warpPerspective(page, matrix, (size, size), borderMode=cv2.BORDER_REPLICATE), matrix
    return cv2.warpPerspective(page, matrix, (size, size)) * whole + table * (1 - whole), matrix


def _light(rng, size: int, hard: bool) -> np.ndarray:
    """Brightness that falls off to one side, perhaps the shadow of a hand, and the colour of the lamp."""
    y, x = np.mgrid[0:size, 0:size] / size - 0.5
    angle = rng.uniform(0, 2 * math.pi)
    light = 1 + rng.uniform(0, 0.6 if hard else 0.4) * (x * math.cos(angle) + y * math.sin(angle))
    if rng.random() < (0.9 if hard else 0.4):
        shadow = np.zeros((size, size), np.float32)
        cv2.fillPoly(shadow, [(rng.uniform(-0.2, 1.2, (int(rng.integers(3, 6)), 2)) * size).astype(np.int32)], 1.0)
        light *= 1 - rng.uniform(0.15, 0.55 if hard else 0.4) * cv2.GaussianBlur(shadow, (0, 0), rng.uniform(2, 18))
    lamp = 1 + rng.normal(0, 0.06, 3)
    return (light * rng.uniform(0.6, 1.08))[..., None] * lamp


def _photographed(rng, scene: np.ndarray, hard: bool) -> np.ndarray:
    """Blur of lens and hand, noise, and JPEG. uint8."""
    scene = scene.astype(np.float32)
    if rng.random() < (0.9 if hard else 0.5):
        scene = cv2.GaussianBlur(scene, (0, 0), rng.uniform(0.4, 1.6 if hard else 1.1))
    if rng.random() < (0.5 if hard else 0.15):
        length = int(rng.integers(2, 6))
        kernel = np.zeros((2 * length + 1,) * 2, np.float32)
        cv2.line(kernel, (length, length), tuple(int(v) for v in length + rng.uniform(-length, length, 2)), 1.0)
        scene = cv2.filter2D(scene, -1, kernel / kernel.sum())
    noise = rng.uniform(0.02, 0.07) if hard else rng.uniform(0, 0.04)
    scene += rng.normal(0, noise, scene.shape).astype(np.float32)
    picture = (scene.clip(0, 1) * 255).astype(np.uint8)
    quality = int(rng.integers(35, 80) if hard else rng.integers(55, 97))
    coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(coded, cv2.IMREAD_COLOR)
