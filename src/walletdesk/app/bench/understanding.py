"""`bench understanding`: what the bot understands, how fast, and what learning it costs.

Everything is trained from the packaged sentences as at a first start, on one core, timed in processor seconds, so
that a busy machine does not change them. The shares are cross-validated: every sentence is judged by models that did
not know it. The packaged sentences are hard on purpose (most lack the obvious word), so the shares are lower than
for what people usually write; they are for comparing one version with another. Needs no database.
"""

from __future__ import annotations

import importlib
import resource
import time
from pathlib import Path
from random import Random
from typing import Any, Final

from walletdesk.app.bench.report import Goal, Report, percentile, report
from walletdesk.bot.understanding import corpus, training, validation
from walletdesk.bot.understanding.model import Understander
from walletdesk.bot.understanding.validation import Validation
from walletdesk.bot.understanding.weights import Model
from walletdesk.kit.i18n import LANGS, Lang

ASKED: Final = 1_000
"""Sentences of each language whose understanding is timed."""
TRAINING_UNIT: Final = 5_000
GOALS = (
    Goal("zh_top1", least=0.66),
    Goal("zh_top3", least=0.85),
    Goal("zh_human", least=0.90),
    Goal("zh_emergencies_false", most=0.04),
    Goal("zh_p95_ms", most=5.0),
    Goal("en_top1", least=0.53),
    Goal("en_top3", least=0.73),
    Goal("en_human", least=0.72),
    Goal("en_emergencies_false", most=0.03),
    Goal("en_p95_ms", most=15.0),
    Goal("training_s_for_5000", most=60.0),
    Goal("memory_grown_mb", most=300.0),
)
"""The shares' bounds are a little below what the present version reaches; the others are the product's promises."""


async def measure() -> Report:
    """Train both languages, judge them by cross-validation, and time the understanding of single sentences."""
    figures: dict[str, float] = {}
    ratios: dict[str, float] = {}
    models: dict[Lang, Model] = {}
    before = _resident_mb()
    limits: Any = importlib.import_module("threadpoolctl")
    with limits.threadpool_limits(1):
        for lang in LANGS:
            models[lang] = _trained(lang, figures, ratios)
        for lang, waits in _latencies(Understander(models)).items():
            figures[f"{lang}_p50_ms"] = percentile(waits, 0.5) * 1e3
            ratios[f"{lang}_p95_ms"] = percentile(waits, 0.95) * 1e3
    seconds = figures["training_cpu_s"] = sum(figures[f"{lang}_training_cpu_s"] for lang in LANGS)
    ratios["training_s_for_5000"] = seconds * TRAINING_UNIT / sum(figures[f"{lang}_sentences"] for lang in LANGS)
    peak = figures["memory_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratios["memory_grown_mb"] = peak - before
    return report("understanding", figures, ratios, GOALS)


def _resident_mb() -> float:
    """Return how much memory this process has: the command's own parts, before the understanding is loaded."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _trained(lang: Lang, figures: dict[str, float], ratios: dict[str, float]) -> Model:
    """Train one language's model, and put down what it took and what it understands."""
    started = time.process_time()
    read = training.read(lang, corpus.examples(lang))
    held = training.held_out(read)
    model = training.train(read, training.english_words(), held)
    figures[f"{lang}_training_cpu_s"] = time.process_time() - started
    found = validation.validate(held, model.cuts)
    figures[f"{lang}_sentences"] = float(found.sentences)
    figures |= _table(lang, found)
    ratios |= _shares(lang, found)
    return model


def _table(lang: Lang, found: Validation) -> dict[str, float]:
    """Return coverage and precision: as the bot answers, and if the surest of the sentences were answered."""
    curve = {f"{lang}_precision_at_{share:.0%}": right for share, right in found.precision_at.items()}
    return {f"{lang}_coverage": found.coverage, f"{lang}_precision": found.precision, **curve}


def _shares(lang: Lang, found: Validation) -> dict[str, float]:
    return {
        f"{lang}_top1": found.top1,
        f"{lang}_top3": found.top3,
        f"{lang}_human": found.human,
        f"{lang}_emergencies_recall": found.emergencies_recall,
        f"{lang}_emergencies_false": found.emergencies_false,
    }


def _latencies(understander: Understander) -> dict[Lang, list[float]]:
    """Return how long single sentences took to be understood, in seconds."""
    understander.understand(["你好", "hello"])  # reads the tables
    found: dict[Lang, list[float]] = {}
    for lang in LANGS:
        chosen = Random(1).sample(corpus.examples(lang), ASKED)  # noqa: S311 - a sample
        waits: list[float] = []
        for example in chosen:
            started = time.perf_counter()
            understander.understand([example.text])
            waits.append(time.perf_counter() - started)
        found[lang] = waits
    return found
