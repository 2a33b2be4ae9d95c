/** The last look before money moves, and the asking that may be repeated. */

import { useStore } from "@walletdesk/parts/store";
import { moneyText } from "@walletdesk/proto/money";
import type { ArrivalMode } from "@walletdesk/proto/protocol";
import { useState } from "preact/hooks";

import type { Kind } from "../lib/api.ts";
import { forgetAll } from "../lib/asked.ts";
import { go } from "../lib/route.ts";
import { currentMe, line } from "../lib/session.ts";
import { useTexts } from "../lib/texts.ts";
import { doings } from "../lib/wallet.ts";
import { bodyOf, type Draft } from "./move.tsx";

const MODES: ArrivalMode[] = ["instant", "ordinary", "next_day"];
const SOURCES = ["balance", "card"] as const;

interface ChoiceProps<V extends string> {
  name: string;
  values: readonly V[];
  value: V;
  set: (value: V) => void;
}

function Choice<V extends string>({ name, values, value, set }: ChoiceProps<V>) {
  const { t } = useTexts();
  return (
    <fieldset class="radios">
      <legend>{t(name)}</legend>
      {values.map((one) => (
        <label key={one}>
          <input type="radio" name={name} checked={value === one} onChange={() => set(one)} />
          <span>{t(`${name}.${one}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface Props {
  kind: Kind;
  draft: Draft;
  change: (some: Partial<Draft>) => void;
  currency: string;
  edit: () => void;
}

export function Confirm({ kind, draft, change, currency, edit }: Props) {
  const { t, lang } = useTexts();
  const online = useStore(line, (now) => now.online);
  const whom = draft.whom!;
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<{ text: string; refused: boolean } | null>(null);
  const amount = moneyText({ minor: draft.minor, currency }, lang);

  const ask = async () => {
    if (running || !online) return;
    setRunning(true);
    setProblem(null);
    const customer = currentMe()?.id ?? "";
    const open = doings.prepare(bodyOf(kind, draft), { kind, whom: whom.label, currency, customer });
    const outcome = await doings.send(open);
    setRunning(false);
    if (outcome.is === "answered") {
      forgetAll();
      go({ name: "result", id: outcome.transaction.id }, true);
    } else if (outcome.is === "refused") {
      setProblem({ text: outcome.text, refused: true });
    } else {
      setProblem({ text: t("move.unknown"), refused: false });
    }
  };

  return (
    <section class="card details" aria-label={t("move.step.confirm")}>
      <p class="whom">{whom.label}</p>
      <p class="big amount">{amount}</p>
      <dl>
        <div>
          <dt>{t(`move.${kind}.other`)}</dt>
          <dd>
            {whom.label}
            {whom.hint && <small>{whom.hint}</small>}
          </dd>
        </div>
      </dl>
      {kind === "pay" && <Choice name="source" values={SOURCES} value={draft.source} set={(source) => change({ source })} />}
      {kind === "transfer" && <Choice name="mode" values={MODES} value={draft.mode} set={(mode) => change({ mode })} />}
      {kind === "transfer" && <p class="told">{t("move.check_payee")}</p>}
      <div role="alert">{problem && <p class="warned">{problem.text}</p>}</div>
      <button type="button" class="primary wide sure" aria-busy={running} aria-disabled={!online || running} onClick={() => void ask()}>
        {running ? t("move.running") : t(problem && !problem.refused ? "move.again" : `move.${kind}.go`, amount)}
      </button>
      <button type="button" class="plain wide" onClick={edit}>
        {t("move.edit")}
      </button>
      <p class="mark">{t(online ? "move.safe" : "move.offline")}</p>
    </section>
  );
}
