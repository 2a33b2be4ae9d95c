"""Texts as points: vectors over the features that the training sentences have shown."""

from __future__ import annotations

import importlib
import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from walletdesk.bot.understanding import features
from walletdesk.bot.understanding.features import Parts

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]

FREQUENCY_MIN: Final = 2
"""Sentences a feature must occur in; what was seen once teaches only that sentence."""
SUBJECTS_MAX: Final = 2
"""Own subjects beyond this number make a text no more of ours."""
_UNCOUNTED: Final = "k"
"""The block that does not say how well known a text is: its features come from our own lexicon."""


@dataclass(frozen=True, slots=True)
class Vector:
    """A sparse vector of length one. `known` is the share of the text's features that training has shown."""

    places: Ints
    values: Floats
    known: float


@dataclass(frozen=True, slots=True)
class Space:
    """The axes: features with their places and rarities, and the weight of each block."""

    places: Mapping[str, int]
    rarity: Floats
    weights: Mapping[str, float]

    def vector(self, parts: Parts) -> Vector:
        """Place a text."""
        places: list[int] = []
        values: list[float] = []
        counted = seen = 0
        for block, weight in self.weights.items():
            counts = Counter(parts.blocks.get(block, []))
            found = [(p, n) for f, n in counts.items() if (p := self.places.get(f"{block}:{f}")) is not None]
            raw = [(1.0 + math.log(n)) * float(self.rarity[p]) for p, n in found]
            length = math.sqrt(sum(v * v for v in raw))
            places += [p for p, _ in found]
            values += [weight * v / length for v in raw]
            if block != _UNCOUNTED:
                counted, seen = counted + len(counts), seen + len(found)
        total = math.sqrt(sum(v * v for v in values)) or 1.0
        return Vector(
            np.array(places, dtype=np.int32),
            np.array(values, dtype=np.float32) / np.float32(total),
            seen / counted if counted else 0.0,
        )


def hints(vector: Vector, parts: Parts) -> tuple[float, float]:
    """Return what hints at a text being in scope beside the scores: known share, number of own subjects."""
    return vector.known, float(min(SUBJECTS_MAX, features.own_subjects(parts)))


@dataclass(slots=True)
class _Block:
    """The features of one block over all texts, as rows of a sparse matrix in the making."""

    places: dict[str, int] = field(default_factory=dict[str, int])
    columns: array[int] = field(default_factory=lambda: array("i"))
    values: array[float] = field(default_factory=lambda: array("f"))
    ends: list[int] = field(default_factory=lambda: [0])

    def add(self, found: Iterable[str]) -> None:
        """Take in the features of the next text."""
        for feature, count in Counter(found).items():
            self.columns.append(self.places.setdefault(feature, len(self.places)))
            self.values.append(1.0 + math.log(count))
        self.ends.append(len(self.columns))

    def matrix(self) -> Any:
        """Return the matrix: one row a text, one column a feature."""
        sparse: Any = importlib.import_module("scipy.sparse")
        shape = (len(self.ends) - 1, len(self.places))
        values, columns = np.array(self.values, dtype=np.float32), np.array(self.columns)
        return sparse.csr_matrix((values, columns, self.ends), shape=shape)


@dataclass(frozen=True, slots=True)
class Counted:
    """Texts counted once; spaces can then be learned from any of them in a moment."""

    blocks: dict[str, tuple[list[str], Any]]
    """By block the names of its features, and the matrix of how often they occur, as logarithms."""
    own_subjects: Doubles


def count(texts: Iterable[Parts], weights: Mapping[str, float]) -> Counted:
    """Count the features of texts; each text is looked at once and not kept."""
    blocks = {block: _Block() for block in weights}
    subjects: list[float] = []
    for parts in texts:
        subjects.append(float(min(SUBJECTS_MAX, features.own_subjects(parts))))
        for block, counted in blocks.items():
            counted.add(parts.blocks.get(block, []))
    return Counted(
        {block: (list(counted.places), counted.matrix()) for block, counted in blocks.items()}, np.array(subjects)
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """A space learned from some texts, and all texts in it: their points and their hints, as `Space` gives them."""

    space: Space
    points: Any
    hints: Doubles


def place(counted: Counted, learnt: Rows, weights: Mapping[str, float], rarity_power: float) -> Placed:
    """Choose the features worth a place from the sentences learnt from, and place all sentences by them.

    A feature's rarity is its inverse document frequency, raised to a power: 0 makes all features equal.
    """
    sparse: Any = importlib.import_module("scipy.sparse")
    names: list[str] = []
    rarities: list[Floats] = []
    points: list[Any] = []
    seen = counts = np.zeros(len(counted.own_subjects))
    for block, (block_names, matrix) in counted.blocks.items():
        frequencies = np.bincount(matrix[learnt].indices, minlength=matrix.shape[1])
        kept = np.flatnonzero(frequencies >= FREQUENCY_MIN)
        rarity: Floats = (np.log((1 + len(learnt)) / (1 + frequencies[kept])) + 1.0).astype(np.float32) ** rarity_power
        known = matrix[:, kept]
        if block != _UNCOUNTED:
            seen, counts = seen + np.diff(known.indptr), counts + np.diff(matrix.indptr)
        names += [f"{block}:{block_names[column]}" for column in kept]
        rarities.append(rarity)
        points.append(_of_length(weights[block], known.multiply(rarity).tocsr()))
    space = Space({name: at for at, name in enumerate(names)}, np.concatenate(rarities), dict(weights))
    hinted = np.stack([seen / np.maximum(counts, 1), counted.own_subjects], axis=1)
    return Placed(space, _of_length(1.0, sparse.hstack(points, format="csr")), hinted)


def _of_length(length: float, points: Any) -> Any:
    """Bring every point to a length, in place; one without features stays where it is."""
    lengths: Doubles = np.sqrt(np.add.reduceat(np.append(points.data, 0.0) ** 2, points.indptr[:-1]))
    lengths[np.diff(points.indptr) == 0] = 1.0
    points.data *= np.repeat(length / lengths, np.diff(points.indptr)).astype(np.float32)
    return points
