/** The customer's last transactions: arrows move, Enter opens what can be done with one. */
import { useRef, useState, type KeyboardEvent } from "react";
import { Button } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { moneyText, signedText } from "@walletdesk/proto/money";
import { whenText } from "@walletdesk/proto/times";
import type { WalletTransaction } from "../api/types";
import * as desk from "../api/desk";
import { attempt, toast } from "../app/toasts";
import { composer } from "../conversation/composer";
import { useLang, useNamed, useT } from "../texts";
import { findingsQuery } from "./queries";

/** Which questions make sense about which kind of transaction. */
const SYMPTOMS: { [kind: string]: string[] } = {
  payment: ["MERCHANT_NOT_RECEIVED", "PAY_DEBITED", "PAY_FAIL"],
  transfer: ["NOT_ARRIVED", "XFER_FAIL"],
  withdrawal: ["NOT_ARRIVED", "XFER_FAIL"],
  top_up: ["NOT_ARRIVED"],
};

function Doings({ conversation, one }: { conversation: string; one: WalletTransaction }) {
  const t = useT();
  const lang = useLang();
  const named = useNamed();
  const client = useQueryClient();
  const [running, setRunning] = useState<string | null>(null);
  const attach = () => {
    const amount = moneyText(one.amount, lang);
    composer.get()?.insert(t("tx.quote", one.name, amount, whenText(one.at, lang), one.order_no ?? "—"));
  };
  const diagnose = async (symptom: string) => {
    setRunning(symptom);
    if (await attempt(() => desk.diagnose(conversation, one.id, symptom))) toast("good", t("findings.made"));
    await client.invalidateQueries({ queryKey: findingsQuery(conversation).queryKey });
    setRunning(null);
  };
  return (
    <p className="actions tx-doings">
      {(SYMPTOMS[one.kind] ?? []).map((symptom) => (
        <Button key={symptom} size="small" loading={running === symptom} onClick={() => void diagnose(symptom)}>
          {t("tx.diagnose", named("symptom", symptom))}
        </Button>
      ))}
      <Button size="small" onClick={attach}>
        {t("tx.attach")}
      </Button>
    </p>
  );
}

export function Transactions({ conversation, list }: { conversation: string; list: WalletTransaction[] }) {
  const t = useT();
  const lang = useLang();
  const named = useNamed();
  const box = useRef<HTMLUListElement>(null);
  const [open, setOpen] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  if (list.length === 0) return <p className="quiet">{t("tx.none")}</p>;

  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const next = Math.min(list.length - 1, Math.max(0, at + step));
    if (step === 0) return;
    event.preventDefault();
    setAt(next);
    box.current?.querySelectorAll<HTMLElement>(".tx")[next]?.focus();
  };
  return (
    <ul className="txs" ref={box} onKeyDown={move}>
      {list.map((one, index) => (
        <li key={one.id}>
          <button
            type="button"
            className={`tx tx-${one.state}`}
            tabIndex={index === at ? 0 : -1}
            aria-expanded={open === one.id}
            onClick={() => {
              setAt(index);
              setOpen(open === one.id ? null : one.id);
            }}
          >
            <span className="tx-name">{one.name}</span>
            <span className="money">{signedText(one.amount, one.sign, lang)}</span>
            <span className="quiet">
              {named("kind", one.kind)} · {whenText(one.at, lang)}
            </span>
            <span className="tx-state">{named("tx", one.state)}</span>
          </button>
          {open === one.id && <Doings conversation={conversation} one={one} />}
        </li>
      ))}
    </ul>
  );
}
