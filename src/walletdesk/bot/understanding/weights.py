"""A trained model of one language, and how it is kept: arrays as npz, names as json, nothing that could run."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec
import numpy as np

from walletdesk.bot.understanding.vectors import Floats, Space, Vector
from walletdesk.kit.i18n import LANGS, Lang

KEPT_MAX: Final = 2
"""Trained models that stay on disk: the present one and the one before, for a process that still runs it."""


class Cuts(msgspec.Struct, frozen=True, kw_only=True):
    """Where scores become decisions; found on sentences that the model had not been trained on."""

    temperature: float
    """Divides the intents' raw scores so that the probabilities mean what they say."""
    answer: float
    """Probability from which the bot answers without asking back."""
    scope: list[float]
    """Weights of best raw score, raw score of out_of_scope and the two hints, and the constant, for being in scope."""
    in_scope: float
    """Value of that sum from which a text is in scope."""
    emergency: dict[str, float]
    """Raw score of each flag from which it is raised."""
    human: float
    """Raw score of asking for a person from which one is called."""


class _Names(msgspec.Struct, frozen=True, kw_only=True):
    features: list[str]
    intents: list[str]
    flags: list[str]
    english: list[str]
    blocks: dict[str, float]
    cuts: Cuts


@dataclass(frozen=True, slots=True)
class Model:
    """One language's model: linear scores over the features of a space.

    The columns of `matrix` are the intents, then the emergencies, then asking for a person.
    """

    space: Space
    intents: tuple[str, ...]
    flags: tuple[str, ...]
    matrix: Floats
    bias: Floats
    cuts: Cuts
    english: frozenset[str]
    """Words of letters that the English sentences contain; they are not taken for pinyin."""

    def scores(self, vector: Vector) -> Floats:
        """Return the raw score of every column."""
        return vector.values @ self.matrix[vector.places] + self.bias


def save(models: dict[Lang, Model], folder: Path) -> None:
    """Keep the models in `folder`, whole or not at all; a folder that another process has made meanwhile stays."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.parent / f".{folder.name}.{uuid4().hex}"
    draft.mkdir()
    try:
        for lang, model in models.items():
            np.savez(draft / f"{lang}.npz", matrix=model.matrix, bias=model.bias, rarity=model.space.rarity)
            names = _Names(
                features=list(model.space.places),
                intents=list(model.intents),
                flags=list(model.flags),
                english=sorted(model.english),
                blocks=dict(model.space.weights),
                cuts=model.cuts,
            )
            (draft / f"{lang}.json").write_bytes(msgspec.json.encode(names))
        if not folder.exists():
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _forget_old(folder)


def _forget_old(folder: Path) -> None:
    """Remove all but the newest models; a draft left by a process that died goes with them."""
    others = [path for path in folder.parent.iterdir() if path.is_dir() and path != folder]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[KEPT_MAX - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


def load(folder: Path) -> dict[Lang, Model] | None:
    """Return the models kept in `folder`; None when there are none, or when they are damaged."""
    try:
        return {lang: _load(folder, lang) for lang in LANGS}
    except (OSError, ValueError, KeyError, EOFError, msgspec.DecodeError):
        return None


def _load(folder: Path, lang: Lang) -> Model:
    names = msgspec.json.decode((folder / f"{lang}.json").read_bytes(), type=_Names)
    with np.load(folder / f"{lang}.npz", allow_pickle=False) as arrays:
        matrix, bias, rarity = (np.asarray(arrays[name], dtype=np.float32) for name in ("matrix", "bias", "rarity"))
    columns = len(names.intents) + len(names.flags) + 1
    if matrix.shape != (len(names.features), columns) or bias.shape != (columns,) or len(rarity) != len(matrix):
        raise ValueError("the arrays do not fit the names")
    space = Space({feature: place for place, feature in enumerate(names.features)}, rarity, names.blocks)
    return Model(
        space, tuple(names.intents), tuple(names.flags), matrix, bias, names.cuts, frozenset(names.english)
    )
