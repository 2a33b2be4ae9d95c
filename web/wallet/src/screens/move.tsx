/** Paying, transferring, topping up: whom, how much, one page that asks whether to go on. */

import type { ArrivalMode } from "@walletdesk/proto/protocol";
import { useEffect, useState } from "preact/hooks";

import { accounts, type Kind } from "../lib/api.ts";
import { useAsked } from "../lib/asked.ts";
import type { OrderBody } from "../lib/doing.ts";
import { go } from "../lib/route.ts";
import { useTexts } from "../lib/texts.ts";
import { Frame } from "../parts/frame.tsx";
import { HowMuch } from "./move-amount.tsx";
import { Confirm } from "./move-confirm.tsx";
import { Banks, Payees, Shops, type Whom } from "./move-whom.tsx";

const STEPS = ["whom", "amount", "confirm"] as const;
type Step = (typeof STEPS)[number];
const LISTS = { pay: Shops, transfer: Payees, top_up: Banks };

export interface Draft {
  whom: Whom | null;
  text: string;
  minor: number;
  source: "balance" | "card";
  mode: ArrivalMode;
}

const EMPTY: Draft = { whom: null, text: "", minor: 0, source: "balance", mode: "instant" };

/** The step is in the history, so that the system's own "back" goes one step back. */
function useStep(): [Step, (to: Step) => void] {
  const read = (): Step => (history.state as { step?: Step } | null)?.step ?? "whom";
  const [step, setStep] = useState<Step>("whom");
  useEffect(() => {
    history.replaceState({ step: "whom" }, "");
    const back = () => setStep(read());
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  const to = (next: Step) => {
    history.pushState({ step: next }, "");
    setStep(next);
  };
  return [step, to];
}

/** What is sent, without its id. */
export function bodyOf(kind: Kind, draft: Draft): OrderBody {
  const { keys } = draft.whom!;
  const amount_minor = draft.minor;
  if (kind === "pay") return { merchant_id: keys.merchant_id!, amount_minor, source: draft.source };
  if (kind === "top_up") return { bank: keys.bank!, amount_minor };
  return { ...keys, name: keys.name!, amount_minor, mode: draft.mode };
}

export function Move({ kind }: { kind: Kind }) {
  const { t } = useTexts();
  const [step, to] = useStep();
  const [draft, setDraft] = useState(EMPTY);
  const change = (some: Partial<Draft>) => setDraft({ ...draft, ...some });
  const asked = useAsked("accounts", accounts);
  const account = asked.data?.[0];
  const currency = account?.currency ?? "CNY";
  const back = () => (step === "whom" ? go({ name: "home" }) : history.back());
  const List = LISTS[kind];
  // Whoever comes to a step without what it needs (a reload) begins at the beginning.
  const at: Step = !draft.whom ? "whom" : !draft.minor && step === "confirm" ? "amount" : step;

  const title = t(`move.${kind}.${at}`, draft.whom?.label ?? "");
  return (
    <Frame title={title} back={back} key={at}>
      <ol class="steps" aria-label={t("move.steps")}>
        {STEPS.map((one) => (
          <li key={one} aria-current={one === at ? "step" : undefined}>
            {t(`move.step.${one}`)}
          </li>
        ))}
      </ol>
      {at === "whom" && (
        <List
          choose={(whom) => {
            change({ whom });
            to("amount");
          }}
        />
      )}
      {at === "amount" && (
        <HowMuch kind={kind} draft={draft} change={change} account={account} currency={currency} done={() => to("confirm")} />
      )}
      {at === "confirm" && <Confirm kind={kind} draft={draft} change={change} currency={currency} edit={() => history.back()} />}
    </Frame>
  );
}
