"""Links in every spelling: what is ours stays ours, what imitates us is seen, and no text breaks the checker."""

from __future__ import annotations

import base64
import random
from urllib.parse import quote

from hypothesis import example, given, settings
from hypothesis import strategies as st

from walletdesk.guard.links import Link, Policy, Verdict, check, check_all, find, reasons, worst
from walletdesk.guard.links.hosts import take_apart
from walletdesk.kit.i18n import LANGS

OURS = Policy(own=("walletdesk.example",))
LOOKS = {"a": "аα4á", "l": "1Iі", "e": "еéë3", "t": "тţ", "d": "ԁđ", "s": "ѕ5ş", "k": "кκ", "w": "ԝ"}
ENDINGS = ["example", "com", "cn", "top", "net", "com.cn"]
PIECES = [
    *"htps:/.@?#[]()<>\"'\\%&=-_ a1x0", "中", "。", "\u200b", "а", "xn--", "http://", "com", "<a href=",
    "data:text/html",
]  # fmt: skip
STRANGE = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
LABELS = st.from_regex(r"[a-z][a-z0-9]{2,11}", fullmatch=True)
PATHS = st.from_regex(r"(?:/[a-z0-9._~-]{1,12}){0,4}", fullmatch=True)


@settings(max_examples=120, deadline=None)
@given(STRANGE | st.text(max_size=200))
@example("https://[")
@example("https://xn--\u200b.com")
@example("https://" + "a." * 140 + "com")
@example("http://0x.0x.0x.0x/")
@example("https://%ff%fe.com/")
def test_any_text_is_judged_and_every_verdict_has_its_reason(text: str) -> None:
    for checked in check_all(text, OURS):
        for lang in LANGS:
            assert bool(reasons(checked, lang)) or not checked.verdict.alarms
        assert len(checked.site) <= 81


@settings(max_examples=120, deadline=None)
@given(st.lists(LABELS, max_size=3), PATHS, st.dictionaries(LABELS, LABELS, max_size=3))
def test_every_page_below_our_domain_is_ours(below: list[str], path: str, query: dict[str, str]) -> None:
    values = "&".join(f"{name}={value}" for name, value in query.items())
    target = f"https://{'.'.join([*below, 'walletdesk.example'])}{path}{'?' + values if values else ''}"

    assert check(Link(target), OURS).verdict is Verdict.OWN


@settings(max_examples=120, deadline=None)
@given(LABELS, st.sampled_from(ENDINGS), PATHS, st.sampled_from([".", "-"]))
def test_our_domain_before_somebody_elses_is_dangerous(label: str, ending: str, path: str, joint: str) -> None:
    target = f"https://walletdesk.example{joint}{label}.{ending}{path}"

    assert check(Link(target), OURS).verdict is Verdict.DANGEROUS


def lookalike(rng: random.Random) -> str:
    name = list("walletdesk")
    places = [at for at, character in enumerate(name) if character in LOOKS]
    for at in rng.sample(places, rng.choice([1, 1, 2, 3])):
        name[at] = rng.choice(LOOKS[name[at]])
    return f"https://{'www.' if rng.random() < 0.3 else ''}{''.join(name)}.{rng.choice(ENDINGS)}/login"


def slipped(rng: random.Random) -> str:
    name = "walletdesk"
    at = rng.randrange(len(name) - 1)
    kinds = [
        name[:at] + name[at + 1 :],
        name[:at] + name[at] + name[at:],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        name[:at] + rng.choice("abcdefghijklmnopqrstuvwxyz") + name[at + 1 :],
        name[:at] + "-" + name[at:],
    ]
    return f"https://{rng.choice([kind for kind in kinds if not kind.startswith('-')])}.{rng.choice(ENDINGS[1:])}/"


def test_every_look_alike_and_every_slip_of_our_name_alarms() -> None:
    rng = random.Random(20260105)
    made = [*(lookalike(rng) for _ in range(600)), *(slipped(rng) for _ in range(600))]

    assert [link for link in made if not check(Link(link), OURS).verdict.alarms] == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 255), min_size=4, max_size=4), st.data())
def test_a_number_is_the_same_address_in_every_base(parts: list[int], data: st.DataObject) -> None:
    plain = ".".join(map(str, parts))
    total = int.from_bytes(bytes(parts), "big")
    spelled = [f"{part:d}" for part in parts]
    for at in range(4):
        spelled[at] = data.draw(st.sampled_from([f"{parts[at]:d}", f"0x{parts[at]:x}", f"0{parts[at]:o}"]))
    for form in (".".join(spelled), str(total), f"0x{total:08X}", f"{parts[0]}.{total & 0xFFFFFF}"):
        address = take_apart(f"http://{form}/")
        assert address.host.ascii == plain
        if form != plain:
            assert check(Link(f"http://{form}/"), OURS).verdict is Verdict.DANGEROUS


WRAPS = [
    lambda u: f"https://www.google.com/url?q={quote(u, safe='')}&sa=D",
    lambda u: f"https://l.facebook.com/l.php?h=1&u={quote(u, safe='')}",
    lambda u: f"https://news.org/go?to={u}",
    lambda u: f"https://news.org/go?to={quote(quote(u, safe=''), safe='')}",
    lambda u: "https://news.org/go?to=" + base64.urlsafe_b64encode(u.encode()).decode().rstrip("="),
    lambda u: f"https://news.org/x#next={quote(u, safe='')}",
    lambda u: f"https://urldefense.com/v3/__{u}__;!!x$",
    lambda u: f"https://walletdesk.example/login?next={quote(u, safe='')}",
]


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(WRAPS), st.sampled_from(WRAPS), st.sampled_from(["https://paypa1.com/x", "http://wa11etdesk.net/a"])
)
def test_what_a_link_leads_on_to_is_seen_through_two_wrappings(outer, inner, target: str) -> None:
    assert check(Link(outer(target)), OURS).verdict.alarms
    assert check(Link(outer(inner(target))), OURS).verdict.alarms


HIDING = [
    lambda u: u.replace("http", "hxxp"),
    lambda u: u.replace(".", "[.]"),
    lambda u: u.replace(".", "(dot)"),
    lambda u: u.replace("://", "[:]//"),
    lambda u: u.replace(".", "。"),
    lambda u: u.upper().replace("HTTPS", "https"),
    lambda u: u,
]
AROUND = [
    lambda u: f"请打开{u}核实",
    lambda u: f"({u}).",
    lambda u: f"「{u}」",
    lambda u: f"[here]({u})",
    lambda u: f"<a href='{u}'>here</a>",
    lambda u: u,
]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(HIDING), st.sampled_from(AROUND), LABELS)
def test_a_link_that_is_hidden_from_filters_is_found_all_the_same(hide, around, label: str) -> None:
    target = f"https://paypal-{label}.com/login"

    found = worst(check_all(around(hide(target)), OURS))

    assert found is not None
    assert found.verdict.alarms
    assert found.site == f"paypal-{label}.com"


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(["https://a.com/x", "看 ", "b.org", " 和 ", "。", "c.cn", "\n", "("]), max_size=12))
def test_no_link_is_found_twice(pieces: list[str]) -> None:
    found = find("".join(pieces))

    assert len(found) == len(set(found))
