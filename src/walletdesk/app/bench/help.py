"""`bench help`: search in a help centre of five thousand articles, as people ask: plainly, with typos, in pinyin.

The articles are real sentences put together anew: titles are what customers write, bodies are lines of the packaged
articles. The limit of the same server, in the same run, is PostgreSQL's own full-text search over the same terms.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import opencc  # pyright: ignore[reportMissingTypeStubs]

from walletdesk.app.bench.report import Goal, Report, percentile, report
from walletdesk.app.bench.scratch import scratch
from walletdesk.bot.understanding.corpus import examples
from walletdesk.desk.helpcentre import terms
from walletdesk.desk.helpcentre.actions import finding, packaging
from walletdesk.desk.helpcentre.model import QUESTION_CHARACTERS_MAX, Packaged, Text, Topic
from walletdesk.desk.helpcentre.packaged import all_packaged
from walletdesk.kit import clock, db, sounds, spelling
from walletdesk.kit.i18n import LANGS, Lang

ARTICLES: Final = 5_000
ASKED: Final = 200
LINES: Final = 12
LIMIT_MS: Final = 40.0
TITLE_CHARACTERS: Final = (8, 60)
LIMIT_EVERY: Final = 4
"""The limit is many times slower: it answers one question of so many, in turns with the rest."""
SEED: Final = 7
SETTLE_SECONDS_MAX: Final = 600.0
GOALS = (Goal("p95_to_limit", most=1.0), Goal("p95_to_ts_rank", most=1.0), Goal("found_in_three", least=0.9))

Asking = tuple[str, Lang, str, str]
"""A way of asking, the language, the question, the address of the article that is meant."""


async def measure(*, count: int = ARTICLES, asked: int = ASKED) -> Report:
    """Fill a help centre and ask it in every way."""
    made = articles(count)
    async with scratch() as context:
        started = time.perf_counter()
        async with db.transaction(context.pool) as tx:
            await packaging.load(tx, made, now=clock.now())
        figures: dict[str, float] = {"articles": count, "load_s": time.perf_counter() - started}
        await _settle(context.pool)
        times: dict[str, list[float]] = defaultdict(list)
        hits: dict[str, list[bool]] = defaultdict(list)
        for number, (way, lang, question, slug) in enumerate(askings(made, asked)):
            took, found = await _search(context.pool, question, lang)
            times[way].append(took)
            if number % LIMIT_EVERY == 0:
                times["limit"].append(await _full_text(context.pool, question))
            hits[way].append(slug in found[:3])
    every = [one for way, some in times.items() if way != "limit" for one in some]
    for way, some in hits.items():
        figures |= {f"{way}_p95_ms": percentile(times[way], 0.95), f"{way}_found": sum(some) / len(some)}
    figures |= {
        "p50_ms": percentile(every, 0.5), "p95_ms": percentile(every, 0.95),
        "ts_rank_p50_ms": percentile(times["limit"], 0.5), "ts_rank_p95_ms": percentile(times["limit"], 0.95),
    }  # fmt: skip
    right = [one for some in hits.values() for one in some]
    ratios = {
        "p95_to_limit": figures["p95_ms"] / LIMIT_MS,
        "p95_to_ts_rank": figures["p95_ms"] / figures["ts_rank_p95_ms"],
        "found_in_three": sum(right) / len(right),
    }
    return report("help", figures, ratios, GOALS)


def articles(count: int) -> list[Packaged]:
    """Make articles in both languages: a title that somebody has written, lines of real articles below it."""
    chance = random.Random(SEED)  # noqa: S311 - the same articles in every run
    found: list[Packaged] = []
    for lang in LANGS:
        titles = sorted({one.text for one in examples(lang) if _is_title(one.text)})
        lines = [line for one in all_packaged() if one.lang == lang for line in one.text.body.splitlines() if line]
        chance.shuffle(titles)
        for number in range(count):
            title = titles[number % len(titles)]
            # Where there are fewer titles than articles, a second sentence tells them apart.
            if number >= len(titles):
                title = f"{title} {chance.choice(titles)}"[:120]
            body = "\n\n".join(chance.sample(lines, LINES))
            text = Text(title, body, "", date(2026, 1, 1), date(2027, 1, 1))
            found.append(Packaged(f"bench-{number}", None, Topic.PAY, lang, text, f"{lang}-{number}"))
    return found


def _is_title(text: str) -> bool:
    least, most = TITLE_CHARACTERS
    return least <= len(text) <= most and "\n" not in text


def askings(made: Sequence[Packaged], asked: int) -> list[Asking]:
    """Ask for articles in every way, in turns."""
    chance = random.Random(SEED + 1)  # noqa: S311
    ways = _ways(chance, made)
    found: list[Asking] = []
    for lang in LANGS:
        own = [one for one in made if one.lang == lang]
        for one in chance.sample(own, min(asked, len(own))):
            for way, change in ways[lang].items():
                found.append((way, lang, change(one.text.title), one.slug))
    chance.shuffle(found)
    return found


def _ways(chance: random.Random, made: Sequence[Packaged]) -> Mapping[Lang, Mapping[str, Callable[[str], str]]]:
    alike = _homophones(made)
    converter: Any = opencc.OpenCC("s2t")
    return {
        "zh": {
            "zh_plain": str,
            "zh_typo": lambda title: _two_homophones(title, alike, chance),
            "zh_pinyin": lambda title: " ".join(sounds.of_characters(title)),
            "zh_traditional": converter.convert,
        },
        "en": {"en_plain": str, "en_typo": lambda title: _two_slips(title, chance)},
    }


def _homophones(made: Sequence[Packaged]) -> dict[str, list[str]]:
    """Return for each character those of the same sound among all that are used."""
    used = sorted({char for one in made if one.lang == "zh" for char in one.text.body if spelling.has_han(char)})
    by_sound: dict[str, list[str]] = defaultdict(list)
    for char in used:
        by_sound["".join(sounds.of_characters(char))].append(char)
    return {char: [other for other in some if other != char] for some in by_sound.values() for char in some}


def _two_homophones(title: str, alike: Mapping[str, Sequence[str]], chance: random.Random) -> str:
    places = [at for at, char in enumerate(title) if alike.get(char)]
    for at in chance.sample(places, min(2, len(places))):
        title = title[:at] + chance.choice(alike[title[at]]) + title[at + 1 :]
    return title


def _two_slips(title: str, chance: random.Random) -> str:
    """Swap two letters beside each other inside of two long words."""
    words = title.split()
    long = [at for at, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    for at in chance.sample(long, min(2, len(long))):
        letter = chance.randrange(1, len(words[at]) - 2)
        word = words[at]
        words[at] = word[:letter] + word[letter + 1] + word[letter] + word[letter + 2 :]
    return " ".join(words)


async def _search(pool: db.Pool, question: str, lang: Lang) -> tuple[float, list[str]]:
    async with db.reading(pool) as tx:
        started = time.perf_counter()
        hits = await finding.search(tx, question, lang)
        return (time.perf_counter() - started) * 1e3, [hit.slug for hit in hits]


async def _settle(pool: db.Pool) -> None:
    """Give the planner its figures, and build the limit: the same terms as PostgreSQL's own search reads them."""
    async with pool.acquire() as connection:
        await connection.execute("SET ROLE NONE")
        await connection.execute("SET statement_timeout = 0")
        await connection.execute(
            "VACUUM ANALYZE helpcentre.posting, helpcentre.term, helpcentre.version", timeout=SETTLE_SECONDS_MAX
        )
        await connection.execute(
            """
            CREATE TABLE public.limit_of_search AS
            SELECT number, array_to_tsvector(array_agg(DISTINCT term)) AS found FROM helpcentre.posting GROUP BY number
            """,
            timeout=SETTLE_SECONDS_MAX,
        )
        await connection.execute(
            "CREATE INDEX ON public.limit_of_search USING gin (found)", timeout=SETTLE_SECONDS_MAX
        )
        await connection.execute("GRANT SELECT ON public.limit_of_search TO walletdesk_app")
        await connection.execute("VACUUM ANALYZE public.limit_of_search", timeout=SETTLE_SECONDS_MAX)
        await connection.execute(f"SET statement_timeout = '{db.STATEMENT_TIMEOUT_SECONDS}s'")
        await connection.execute("SET ROLE walletdesk_app")


async def _full_text(pool: db.Pool, question: str) -> float:
    """Ask PostgreSQL's own search for any of the same terms, ranked by it."""
    asked = terms.Asked(question, chars_max=QUESTION_CHARACTERS_MAX)
    query = " | ".join("'" + term.replace("'", "''") + "'" for term in asked.every)
    async with db.reading(pool) as tx:
        started = time.perf_counter()
        await tx.fetch(
            """
            SELECT number, ts_rank(found, q.query) AS rank
              FROM public.limit_of_search, (SELECT $1::text::tsquery AS query) AS q
             WHERE found @@ q.query ORDER BY 2 DESC LIMIT 10
            """,
            query,
        )
        return (time.perf_counter() - started) * 1e3
