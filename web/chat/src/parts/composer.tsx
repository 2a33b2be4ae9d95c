import { safeStorage } from "@walletdesk/proto/outbox";
import { useEffect, useRef, useState } from "preact/hooks";

import { useTexts } from "../lib/texts.ts";
import { useDesk, useModel } from "./desk.ts";
import { Icon } from "./icons.tsx";
import { lateParts } from "./lazy.tsx";
import { openSheet } from "./sheets.ts";

const LONGEST = 4_000;
const HIGHEST_PX = 160;

/** What was typed and not sent outlives the page. */
function useDraft(conversation: string): [string, (text: string) => void] {
  const key = `wd.draft.${conversation}`;
  const [draft, set] = useState("");
  useEffect(() => set(safeStorage()?.getItem(key) ?? ""), [key]);
  const keep = (text: string) => {
    set(text);
    if (text) safeStorage()?.setItem(key, text);
    else safeStorage()?.removeItem(key);
  };
  return [draft, keep];
}

export function Composer() {
  const { t } = useTexts();
  const desk = useDesk();
  const conversation = useModel((m) => m.conversation);
  const [draft, setDraft] = useDraft(conversation);
  const field = useRef<HTMLTextAreaElement>(null);
  const secret = lateParts()?.looksSecret(draft);

  useEffect(() => {
    const area = field.current!;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, HIGHEST_PX)}px`;
  }, [draft]);

  const send = () => {
    const text = draft.trim();
    if (!text) return;
    desk.say(text);
    setDraft("");
    field.current?.focus();
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key !== "Enter" || e.shiftKey || e.isComposing || e.keyCode === 229) return;
    e.preventDefault();
    send();
  };

  return (
    <form
      class="composer"
      onSubmit={(e) => {
        e.preventDefault();
        send();
      }}
    >
      {secret && (
        <p class="hint" id="secret" role="status">
          {t("secret." + secret)}
        </p>
      )}
      <div class="line">
        <button
          type="button"
          class="round"
          aria-label={t("photo.add")}
          aria-haspopup="dialog"
          onClick={(e) => openSheet({ name: "photo" }, e.currentTarget)}
        >
          <Icon name="camera" />
        </button>
        <textarea
          ref={field}
          rows={1}
          value={draft}
          maxLength={LONGEST}
          aria-label={t("composer.label")}
          aria-describedby={secret ? "secret" : undefined}
          placeholder={t("composer.hint")}
          enterkeyhint="send"
          onInput={(e) => {
            setDraft(e.currentTarget.value);
            desk.typing();
          }}
          onKeyDown={onKeyDown}
        />
        <button type="submit" class="round send" aria-label={t("send")} aria-disabled={!draft.trim()}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
