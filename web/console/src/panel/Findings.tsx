/** What was diagnosed in this conversation: verdict, time line, facts with records, remedies, commands. */
import { useState } from "react";
import { Button } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { whenText } from "@walletdesk/proto/times";
import type { CardAction, Fact, Finding as FindingType, Remedy } from "../api/types";
import * as desk from "../api/desk";
import { attempt } from "../app/toasts";
import { Finding } from "../conversation/Cards";
import { useStore } from "../live/store";
import { line } from "../live/wire";
import { useLang, useNamed, useT } from "../texts";
import { Record } from "../ui/Record";
import { ErrorNote, Loading } from "../ui/states";
import { factText, factTone } from "./facts";
import { customerQuery, findingsQuery } from "./queries";

function Facts({ facts }: { facts: Fact[] }) {
  const t = useT();
  const lang = useLang();
  const named = useNamed();
  if (facts.length === 0) return null;
  return (
    <table className="facts">
      <caption>{t("findings.facts")}</caption>
      <tbody>
        {facts.map((fact) => (
          <tr key={fact.name} className={`fact-${factTone(fact.value)}`}>
            <th scope="row">{fact.label ?? named("fact", fact.name, fact.name.replaceAll("_", " "))}</th>
            <td>{factText(fact, t, lang)}</td>
            <td>
              {fact.record && <Record record={fact.record} />}
              {fact.source && <span className="quiet source">{named("source", fact.source)}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Remedies({ remedies }: { remedies: (Remedy | string)[] }) {
  const t = useT();
  const named = useNamed();
  if (remedies.length === 0) return null;
  return (
    <ul className="remedies" aria-label={t("findings.remedies")}>
      {remedies.map((remedy, index) => {
        const one: Remedy = typeof remedy === "string" ? { kind: remedy } : remedy;
        return (
          <li key={index}>
            {one.label ?? named("remedy", one.kind)}
            {one.who && <span className="quiet"> · {t("findings.who", named("who_may", one.who))}</span>}
            {one.automatic && <span className="quiet"> · {t("findings.automatic")}</span>}
          </li>
        );
      })}
    </ul>
  );
}

/** A command's button: what it does, and how it stands since it was asked. */
function Command({ conversation, finding, action }: { conversation: string; finding: string; action: CardAction }) {
  const t = useT();
  const online = useStore(line, (now) => now.status === "online");
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const name = action.id.replace(/^command:/, "");
  const state = asked && (action.state ?? "offered") === "offered" ? "asked" : (action.state ?? "offered");
  const ask = async () => {
    setAsked(true);
    const done = await attempt(() => desk.command(conversation, name, finding));
    if (!done) setAsked(false);
    await client.invalidateQueries({ queryKey: findingsQuery(conversation).queryKey });
  };
  return (
    <span className={`action action-${state}`}>
      <Button
        size="small"
        type={action.style === "primary" ? "primary" : "default"}
        disabled={!online || (state !== "offered" && state !== "unknown")}
        onClick={() => void ask()}
      >
        {action.label}
      </Button>
      {state !== "offered" && (
        <span className="action-state" role="status">
          {t(`command.${state}`)}
        </span>
      )}
      {action.note && <span className="quiet">{action.note}</span>}
    </span>
  );
}

function commandsOf(finding: FindingType): CardAction[] {
  return finding.card.actions.filter((action) => action.id.startsWith("command:"));
}

function One({ conversation, finding, open }: { conversation: string; finding: FindingType; open: boolean }) {
  const t = useT();
  const lang = useLang();
  const named = useNamed();
  const client = useQueryClient();
  const [running, setRunning] = useState(false);
  const again = async () => {
    setRunning(true);
    await attempt(() => desk.diagnose(conversation, finding.card.transaction?.id ?? null, finding.symptom));
    await client.invalidateQueries({ queryKey: findingsQuery(conversation).queryKey });
    await client.invalidateQueries({ queryKey: customerQuery(conversation).queryKey });
    setRunning(false);
  };
  return (
    <details className="one-finding" open={open}>
      <summary>
        <strong>{named("symptom", finding.symptom)}</strong>
        <span className={`verdict tone-${finding.card.tone}`}>{named("verdict", finding.verdict, t(`tone.${finding.card.tone}`))}</span>
        <time>{whenText(finding.at, lang)}</time>
      </summary>
      {finding.summary && <p className="finding-summary">{finding.summary}</p>}
      <Finding card={finding.card}>
        <p className="actions">
          {commandsOf(finding).map((action) => (
            <Command key={action.id} conversation={conversation} finding={finding.finding_id} action={action} />
          ))}
          <Button size="small" loading={running} onClick={() => void again()}>
            {t("findings.again")}
          </Button>
        </p>
      </Finding>
      <Facts facts={finding.facts} />
      <Remedies remedies={finding.remedies} />
    </details>
  );
}

export function Findings({ conversation }: { conversation: string }) {
  const t = useT();
  const { data, error, isPending, refetch } = useQuery(findingsQuery(conversation));
  if (isPending) return <Loading lines={4} />;
  if (error) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (data.length === 0) return <p className="quiet">{t("findings.none")}</p>;
  const newest = [...data].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    <>
      {newest.map((finding, index) => (
        <One key={finding.finding_id} conversation={conversation} finding={finding} open={index === 0} />
      ))}
    </>
  );
}
