"""An operator's own sentences are read with every mistake named by its line, and kept whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from walletdesk.bot.understanding import corpus, own, training
from walletdesk.bot.understanding.own import LabelUnknown, LineUnreadable, NothingNew, OneLabelOnly
from walletdesk.bot.understanding.promotion import Trial
from walletdesk.bot.understanding.validation import Validation
from walletdesk.kit.refusal import Refusal

GOOD = (
    '{"text": "the canteen card reader just blinks", "intent": "qr_failed"}\n'
    "\n"
    '{"text": "食堂阿姨说饭卡没过账", "intent": "merchant_not_received", "emergency": "none"}\n'
    '{"text": "shitang shuaka shuabuchu", "intent": "qr_failed"}\n'
)


def test_sentences_are_read_and_parted_by_their_language() -> None:
    found = own.read(GOOD.encode(), as_csv=False)
    assert [(e.text, e.intent, e.emergency) for e in found["en"]] == [
        ("the canteen card reader just blinks", "qr_failed", "none")
    ]
    assert [e.intent for e in found["zh"]] == ["merchant_not_received", "qr_failed"]


def test_csv_says_the_same_as_json_lines() -> None:
    table = '\ufefftext,intent,emergency\r\n"blinks, then",qr_failed,\r\n老板没听到播报呀,merchant_not_received,\r\n'
    found = own.read(table.encode(), as_csv=True)
    assert [e.text for e in found["en"]] == ["blinks, then"]
    assert [e.intent for e in found["zh"]] == ["merchant_not_received"]


@pytest.mark.parametrize(
    ("raw", "as_csv", "refusal", "line"),
    [
        (b'{"text": "a b", "intent": "fees"}\n{"text": "c d", "intent": "nonsense"}', False, LabelUnknown, 2),
        (b'{"text": "a b", "intent": "fees", "emergency": "fire"}', False, LabelUnknown, 1),
        (b'{"text": "a b"}', False, LabelUnknown, 1),
        (b'{"text": "a b", "intent": "fees"}\n\n{"intent": "fees"}', False, LineUnreadable, 3),
        (b'{"text": "a b", "intent": "fees"}\n{"text": ', False, LineUnreadable, 2),
        (b'{"text": "\xff", "intent": "fees"}', False, LineUnreadable, 1),
        (b"text,intent\na b,fees\nc d,nonsense\n", True, LabelUnknown, 3),
        (b"text,intent\na b,fees\n\xff,fees\n", True, LineUnreadable, 3),
        (b'text,intent\n"a b,fees\n', True, LineUnreadable, 2),
        (b"sentence,label\na b,fees\n", True, LineUnreadable, 2),
        (b'{"text": "aa bb", "intent": "fees"}\n{"text": "cc dd", "intent": "fees"}', False, OneLabelOnly, 1),
    ],
)
def test_a_mistake_is_named_by_its_line(raw: bytes, as_csv: bool, refusal: type[Refusal], line: int) -> None:
    with pytest.raises(refusal) as caught:
        own.read(raw, as_csv=as_csv)
    assert caught.value.details["line"] == line


@pytest.mark.parametrize("raw", [b"", b"\n\n"])
def test_a_file_without_sentences_teaches_nothing(raw: bytes) -> None:
    with pytest.raises(NothingNew):
        own.read(raw, as_csv=False)


def test_what_is_packaged_already_is_no_news() -> None:
    lines = [f"text,intent\n{example.text},{example.intent}" for example in corpus.examples("zh")[:1]]
    with pytest.raises(NothingNew):
        own.read(lines[0].encode(), as_csv=True)


def test_kept_sentences_come_back_and_make_another_model(tmp_path: Path) -> None:
    packaged = own.fingerprint(tmp_path)
    sentences = own.read(GOOD.encode(), as_csv=False)
    own.keep(tmp_path, sentences)
    assert own.kept(tmp_path) == sentences
    assert own.fingerprint(tmp_path) != packaged == corpus.fingerprint()
    assert own.forget(tmp_path)
    assert not own.forget(tmp_path)
    assert own.fingerprint(tmp_path) == packaged
    assert own.kept(tmp_path) == {"zh": [], "en": []}


def test_the_folds_of_the_packaged_sentences_do_not_depend_on_others() -> None:
    packaged, others = corpus.examples("en")[:400], corpus.examples("en")[5_000:5_100]
    alone, together = training.read("en", packaged).folds(), training.read("en", packaged, others).folds()
    assert together[:400].tolist() == alone.tolist()
    assert len(together) == 500
    assert set(together.tolist()) == set(range(training.FOLDS))


@dataclass
class _NoModel:
    """Falling is judged by the shares alone."""


LEVEL = Validation(
    sentences=1_000, top1=0.6, top3=0.8, human=0.9, emergencies_recall=0.6, emergencies_false=0.02,
    emergencies_cost=0.5, coverage=0.4, precision=0.9, precision_at={},
)  # fmt: skip


@pytest.mark.parametrize(
    ("after", "fallen"),
    [
        (LEVEL, []),
        (replace(LEVEL, top1=0.7, top3=0.9, human=1.0), []),
        (replace(LEVEL, top1=0.599), []),
        (replace(LEVEL, top1=0.597), ["top1"]),
        (replace(LEVEL, top3=0.79, human=0.89), ["top3", "human"]),
        (replace(LEVEL, emergencies_recall=0.57), ["emergencies_recall"]),
        (replace(LEVEL, emergencies_recall=0.61, emergencies_cost=0.52), ["emergencies_cost"]),
    ],
)
def test_a_model_that_falls_anywhere_is_not_promoted(after: Validation, fallen: list[str]) -> None:
    trial = Trial("en", 1, LEVEL, after, None, _NoModel())  # type: ignore[arg-type]
    assert trial.fallen() == fallen
