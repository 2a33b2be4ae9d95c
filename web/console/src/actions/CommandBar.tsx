/** Ctrl+K: every action by name; in Chinese also by the first letters of its pinyin. */
import { useMemo, useState, type KeyboardEvent } from "react";
import { Modal } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import type { Finding } from "../api/types";
import * as desk from "../api/desk";
import { overlay } from "../app/screen";
import { attempt } from "../app/toasts";
import { findingsQuery } from "../panel/queries";
import { useT } from "../texts";
import type { Action } from "./action";
import { ACTIONS, here } from "./all";
import { keysOf, run } from "./keyboard";
import { initials } from "./pinyin";

interface Entry {
  action: Action;
  label: string;
  haystack: string;
}

/** The commands of the newest findings of this conversation: what the wallet can be asked right now. */
function commandActions(conversation: string | null, findings: Finding[] | undefined, reload: () => void): Action[] {
  if (!conversation || !findings) return [];
  return findings.flatMap((finding) =>
    finding.card.actions
      .filter((action) => action.id.startsWith("command:") && (action.state === "offered" || action.state === "unknown"))
      .map((action): Action => ({
        id: `${finding.finding_id}.${action.id}`,
        group: "conversation",
        label: action.label,
        perform: () => {
          const name = action.id.replace(/^command:/, "");
          void attempt(() => desk.command(conversation, name, finding.finding_id)).then(reload);
        },
      })),
  );
}

function useEntries(query: string): Entry[] {
  const t = useT();
  const client = useQueryClient();
  return useMemo(() => {
    const now = here();
    const id = now.row?.id ?? null;
    const key = findingsQuery(id ?? "").queryKey;
    const reload = () => void client.invalidateQueries({ queryKey: key });
    const own = ACTIONS.filter((action) => action.id !== "commands" && (!action.when || action.when(now)));
    const all = [...commandActions(id, client.getQueryData(key), reload), ...own].map((action) => {
      const number = /^suggestion\.(\d)$/.exec(action.id)?.[1];
      const label = t(action.label, number ?? "");
      return { action, label, haystack: `${label} ${initials(label)} ${action.id}`.toLowerCase() };
    });
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return all.filter((entry) => words.every((word) => entry.haystack.includes(word)));
  }, [query, t, client]);
}

function Keys({ action }: { action: Action }) {
  return (
    <span className="keys">
      {keysOf(action).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}

export default function CommandBar() {
  const t = useT();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const entries = useEntries(query);
  const close = () => overlay.set(null);
  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    close();
    window.setTimeout(() => run(entry.action), 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      const next = (at + step + entries.length) % Math.max(1, entries.length);
      setAt(next);
      document.getElementById(`command-${next}`)?.scrollIntoView({ block: "nearest" });
    }
    if (event.key === "Enter") {
      event.preventDefault();
      choose(entries[at]);
    }
  };
  return (
    <Modal open footer={null} closable={false} onCancel={close} title={t("commands.title")} width={560} transitionName="" maskTransitionName="">
      <input
        className="command-input"
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="command-list"
        aria-activedescendant={entries[at] ? `command-${at}` : undefined}
        aria-label={t("commands.search")}
        placeholder={t("commands.search")}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="command-list" role="listbox" aria-label={t("commands.title")} className="commands">
        {entries.map((entry, index) => (
          <div
            key={entry.action.id}
            id={`command-${index}`}
            role="option"
            aria-selected={index === at}
            className="command"
            onMouseMove={() => setAt(index)}
            onClick={() => choose(entry)}
          >
            <span>{entry.label}</span>
            <Keys action={entry.action} />
          </div>
        ))}
      </div>
      {entries.length === 0 && <p className="empty">{t("commands.none")}</p>}
    </Modal>
  );
}
