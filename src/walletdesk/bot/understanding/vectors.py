"""Texts as points: tf-idf vectors over the features that the training sentences have shown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from walletdesk.bot.understanding.features import Parts

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

FREQUENCY_MIN: Final = 2
"""Sentences a feature must occur in; what was seen once teaches only that sentence."""


@dataclass(frozen=True, slots=True)
class Vector:
    """A sparse vector of length one. `known` is the share of the text's features that training has shown."""

    places: Ints
    values: Floats
    known: float


@dataclass(frozen=True, slots=True)
class Space:
    """The axes: features with their places and inverse frequencies, and the weight of each block."""

    places: Mapping[str, int]
    rarity: Floats
    weights: Mapping[str, float]

    def vector(self, parts: Parts) -> Vector:
        """Place a text."""
        places: list[int] = []
        values: list[float] = []
        seen = 0
        for block, weight in self.weights.items():
            features = parts.blocks.get(block, [])
            seen += len(features)
            found = [(p, n) for f, n in Counter(features).items() if (p := self.places.get(f"{block}:{f}")) is not None]
            raw = [(1.0 + math.log(n)) * float(self.rarity[p]) for p, n in found]
            length = math.sqrt(sum(v * v for v in raw))
            places += [p for p, _ in found]
            values += [weight * v / length for v in raw]
        total = math.sqrt(sum(v * v for v in values)) or 1.0
        return Vector(
            np.array(places, dtype=np.int32),
            np.array(values, dtype=np.float32) / np.float32(total),
            _known(parts, self),
        )


def _known(parts: Parts, space: Space) -> float:
    """Share of a text's distinct features, concepts apart, that have a place."""
    features = {f"{block}:{f}" for block, found in parts.blocks.items() if block != "k" for f in found}
    return sum(f in space.places for f in features) / len(features) if features else 0.0


def learn_space(texts: Sequence[Parts], weights: Mapping[str, float]) -> Space:
    """Choose the features worth a place from the training sentences."""
    counts = Counter(
        feature
        for parts in texts
        for block, found in parts.blocks.items()
        for feature in {f"{block}:{f}" for f in found}
    )
    kept = sorted(feature for feature, count in counts.items() if count >= FREQUENCY_MIN)
    rarity = [math.log((1 + len(texts)) / (1 + counts[feature])) + 1.0 for feature in kept]
    return Space(
        {feature: place for place, feature in enumerate(kept)}, np.array(rarity, dtype=np.float32), dict(weights)
    )
