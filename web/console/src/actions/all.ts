/** Every action of the console, in the order the help shows them. */
import type { Presence } from "../api/types";
import { openBox, openConversation, place } from "../app/nav";
import { prefs, setPrefs } from "../app/prefs";
import { overlay, panelOpen } from "../app/screen";
import { attempt } from "../app/toasts";
import { composer } from "../conversation/composer";
import { accept, neighbour, release, resolve } from "../conversation/flow";
import { isMine } from "../inbox/order";
import { BOXES, inbox } from "../live/inbox";
import { offers } from "../live/offers";
import { PRESENCES, switchPresence } from "../live/presence";
import { currentMe, leave } from "../live/session";
import { threadOf } from "../live/threads";
import { line } from "../live/wire";
import type { Action, Here } from "./action";

export function here(): Here {
  const { id } = place.get();
  const row = (id ? inbox.get().rows.get(id) : undefined) ?? null;
  const me = currentMe();
  return {
    row,
    mine: row !== null && me !== null && isMine(row, me.id),
    online: line.get().status === "online",
  };
}

const talking = (now: Here) => now.mine && now.row?.state !== "offered";

function goTo(step: 1 | -1): void {
  const next = neighbour(step);
  if (next) openConversation(next);
}

function focusTransactions(): void {
  setPrefs({ panel: true });
  panelOpen.set(true);
  window.setTimeout(() => document.querySelector<HTMLElement>(".tx[tabindex='0']")?.focus(), 50);
}

function acceptable(now: Here): string | null {
  if (now.row && now.row.state !== "resolved" && (!now.mine || now.row.state === "offered")) return now.row.id;
  return offers.get()[0]?.row.id ?? null;
}

function suggestion(index: number): Action {
  return {
    id: `suggestion.${index}`,
    group: "conversation",
    label: `action.suggestion`,
    chord: `Alt+Digit${index}`,
    when: (now) => talking(now) && threadOf(now.row?.id ?? "").get().suggestions.length >= index,
    perform: (now) => {
      const one = threadOf(now.row?.id ?? "").get().suggestions[index - 1];
      if (one) composer.get()?.insert(one.text);
    },
  };
}

function presenceAction(presence: Presence): Action {
  return {
    id: `presence.${presence}`,
    group: "me",
    label: `action.presence.${presence}`,
    when: (now) => now.online,
    perform: () => void attempt(() => switchPresence(presence)),
  };
}

const CONVERSATION: Action[] = [
  {
    id: "accept", group: "conversation", label: "action.accept", chord: "Alt+KeyA",
    when: (now) => now.online && acceptable(now) !== null,
    perform: (now) => void accept(acceptable(now) ?? ""),
  },
  {
    id: "reply", group: "conversation", label: "action.reply", chord: "Alt+KeyL", key: "r",
    when: talking, perform: () => composer.get()?.focus("reply"),
  },
  {
    id: "note", group: "conversation", label: "action.note", chord: "Alt+KeyP", key: "n",
    when: talking, perform: () => composer.get()?.focus("note"),
  },
  {
    id: "then", group: "conversation", label: "action.then", chord: "Alt+KeyW",
    when: talking, perform: () => document.getElementById("composer-then")?.focus(),
  },
  {
    id: "resolve", group: "conversation", label: "action.resolve", chord: "Alt+KeyE",
    when: (now) => now.online && talking(now), perform: (now) => now.row && void resolve(now.row.id),
  },
  {
    id: "release", group: "conversation", label: "action.release",
    when: (now) => now.online && talking(now), perform: (now) => now.row && void release(now.row.id),
  },
  {
    id: "transactions", group: "conversation", label: "action.transactions", chord: "Alt+KeyO", key: "t",
    when: (now) => now.row !== null, perform: focusTransactions,
  },
  ...Array.from({ length: 9 }, (_, index) => suggestion(index + 1)),
];

const MOVE: Action[] = [
  { id: "next", group: "move", label: "action.next", chord: "Alt+KeyJ", key: "j", perform: () => goTo(1) },
  { id: "previous", group: "move", label: "action.previous", chord: "Alt+KeyK", key: "k", perform: () => goTo(-1) },
  {
    id: "search", group: "move", label: "action.search", key: "/",
    perform: () => document.getElementById("inbox-search")?.focus(),
  },
  {
    id: "close", group: "move", label: "action.back",
    when: (now) => now.row !== null, perform: () => openConversation(null),
  },
  ...BOXES.map((box): Action => ({ id: `box.${box}`, group: "move", label: `action.box.${box}`, perform: () => openBox(box) })),
];

const ME: Action[] = [
  { id: "presence", group: "me", label: "action.presence", chord: "Alt+KeyS", perform: () => overlay.set("presence") },
  ...PRESENCES.map(presenceAction),
  { id: "sign_out", group: "me", label: "action.sign_out", perform: () => void leave() },
];

const VIEW: Action[] = [
  { id: "commands", group: "view", label: "action.commands", chord: "Ctrl+KeyK", perform: () => overlay.set("commands") },
  { id: "help", group: "view", label: "action.help", key: "?", perform: () => overlay.set("help") },
  {
    id: "panel", group: "view", label: "action.panel",
    perform: () => {
      setPrefs({ panel: !prefs.get().panel });
      panelOpen.update((open) => !open);
    },
  },
  {
    id: "language", group: "view", label: "action.language",
    perform: () => setPrefs({ lang: prefs.get().lang === "zh" ? "en" : "zh" }),
  },
  { id: "theme.light", group: "view", label: "action.theme.light", perform: () => setPrefs({ theme: "light" }) },
  { id: "theme.dark", group: "view", label: "action.theme.dark", perform: () => setPrefs({ theme: "dark" }) },
  { id: "theme.system", group: "view", label: "action.theme.system", perform: () => setPrefs({ theme: "system" }) },
  {
    id: "single_keys", group: "view", label: "action.single_keys",
    perform: () => setPrefs({ singleKeys: !prefs.get().singleKeys }),
  },
];

export const ACTIONS: Action[] = [...CONVERSATION, ...MOVE, ...ME, ...VIEW];
