/** Where the agent writes. Enter sends, Ctrl+Enter sends, resolves and goes on, Shift+Enter breaks the line. */
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Button } from "antd";
import type { Row, Then } from "../api/types";
import { noteTyping } from "../app/screen";
import { attempt } from "../app/toasts";
import { sayAgain, unsent } from "../live/say";
import { useStore } from "../live/store";
import { send } from "../live/wire";
import { useT } from "../texts";
import { composer } from "./composer";
import { keepDraft, readDraft, type Mode } from "./drafts";
import { note, reply, replyAndResolve } from "./flow";
import { sendPhoto } from "./photos";
import { ThenChoice } from "./ThenChoice";

const TYPING_EVERY_MS = 3000;
const TYPING_STOPS_AFTER_MS = 4000;
const TEXT_MAX = 4000;

/** Tell the customer that somebody writes: at most every 3 s, and that it stopped. Notes stay unseen. */
function useTypingSignal(id: string): (on: boolean) => void {
  const last = useRef(0);
  const stop = useRef<number | undefined>(undefined);
  const tell = (on: boolean) => {
    window.clearTimeout(stop.current);
    if (!on && last.current === 0) return;
    const now = Date.now();
    if (!on || now - last.current > TYPING_EVERY_MS) {
      send({ t: "typing", conversation: id, on });
      last.current = on ? now : 0;
    }
    if (on) stop.current = window.setTimeout(() => tell(false), TYPING_STOPS_AFTER_MS);
  };
  useEffect(() => () => tell(false), [id]);
  return tell;
}

function useText(id: string, mode: Mode): [string, (text: string) => void] {
  const [text, setText] = useState(() => readDraft(id, mode));
  useEffect(() => setText(readDraft(id, mode)), [id, mode]);
  const write = (next: string) => {
    setText(next);
    keepDraft(id, mode, next);
  };
  return [text, write];
}

function Modes({ mode, setMode }: { mode: Mode; setMode: (mode: Mode) => void }) {
  const t = useT();
  return (
    <div className="modes" role="group" aria-label={t("composer.mode")}>
      {(["reply", "note"] as const).map((one) => (
        <button key={one} type="button" aria-pressed={one === mode} onClick={() => setMode(one)}>
          {t(`composer.${one}`)}
        </button>
      ))}
    </div>
  );
}

function PhotoButton({ id, disabled }: { id: string; disabled: boolean }) {
  const t = useT();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) void attempt(() => sendPhoto(id, file));
        }}
      />
      <Button size="small" disabled={disabled} onClick={() => input.current?.click()}>
        {t("composer.photo")}
      </Button>
    </>
  );
}

export function Composer({ row }: { row: Row }) {
  const t = useT();
  const { id } = row;
  const box = useRef<HTMLTextAreaElement>(null);
  const [mode, setMode] = useState<Mode>("reply");
  const [text, write] = useText(id, mode);
  const [then, setThen] = useState<Then>({ then: "wait_customer" });
  const tell = useTypingSignal(id);
  const refused = useStore(unsent, (now) => now.find((one) => one.frame.conversation === id && one.failed !== null));

  useEffect(() => setThen({ then: "wait_customer" }), [id]);

  const submit = (resolve: boolean) => {
    const words = text.trim();
    if (words === "") {
      if (refused) void sayAgain(refused.frame.id);
      return;
    }
    write("");
    tell(false);
    if (mode === "note") void note(id, words);
    else if (resolve) void replyAndResolve(id, words);
    else void reply(id, words, then);
    setThen({ then: "wait_customer" });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key === "Escape" && !composing) box.current?.blur();
    if (event.key !== "Enter" || composing || event.shiftKey || event.altKey) return;
    event.preventDefault();
    submit(event.ctrlKey || event.metaKey);
  };
  const focus = (to?: Mode) => {
    if (to) setMode(to);
    requestAnimationFrame(() => box.current?.focus());
  };
  const insert = (more: string, to: Mode = "reply") => {
    const before = to === mode ? text : readDraft(id, to);
    const joined = before.trim() === "" ? more : `${before.trimEnd()} ${more}`;
    if (to === mode) write(joined);
    else keepDraft(id, to, joined);
    focus(to);
  };
  useEffect(() => {
    composer.set({ focus, insert, send: submit });
    return () => composer.set(null);
  });

  return (
    <section className={`composer composer-${mode}`} aria-label={t("composer.title")}>
      <div className="composer-top">
        <Modes mode={mode} setMode={focus} />
        {mode === "note" && <span className="quiet">{t("composer.note_hint")}</span>}
      </div>
      <textarea
        ref={box}
        value={text}
        rows={2}
        maxLength={TEXT_MAX}
        placeholder={t(`composer.${mode}_placeholder`)}
        aria-label={t(`composer.${mode}_label`, row.customer_name ?? t("row.anonymous"))}
        onChange={(event) => {
          noteTyping();
          write(event.target.value);
          if (mode === "reply") tell(event.target.value.trim() !== "");
        }}
        onBlur={() => tell(false)}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          const file = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
          if (!file) return;
          event.preventDefault();
          void attempt(() => sendPhoto(id, file));
        }}
      />
      <div className="composer-foot">
        <PhotoButton id={id} disabled={mode === "note"} />
        {mode === "reply" && <ThenChoice then={then} setThen={setThen} />}
        <span className="grow" />
        {mode === "reply" && (
          <Button size="small" disabled={text.trim() === ""} onClick={() => submit(true)}>
            {t("composer.send_resolve")} <kbd>Ctrl ⏎</kbd>
          </Button>
        )}
        <Button size="small" type="primary" disabled={text.trim() === ""} onClick={() => submit(false)}>
          {t(mode === "note" ? "composer.keep_note" : "composer.send")} <kbd>⏎</kbd>
        </Button>
      </div>
    </section>
  );
}
