/** Whom one can be: each persona is a situation, named by it. Outside of a demo the wallet opens by link only. */

import { ApiRefusal } from "@walletdesk/parts/http";
import type { DemoPersona } from "@walletdesk/proto/protocol";
import { useState } from "preact/hooks";

import * as api from "../lib/api.ts";
import { useAsked } from "../lib/asked.ts";
import { useTexts } from "../lib/texts.ts";
import { enterAs } from "../lib/wallet.ts";
import { Icon } from "../parts/icons.tsx";
import { Problem, Skeleton } from "../parts/states.tsx";
import { Tools } from "../parts/tools.tsx";

function Persona({ one, running, choose }: { one: DemoPersona; running: boolean; choose: () => void }) {
  return (
    <li>
      <button type="button" class="persona card" aria-busy={running} onClick={choose}>
        <span class="what">
          <b>{one.title}</b>
          <small>
            {one.name} · {one.persona}
          </small>
          {one.hint && <small>{one.hint}</small>}
        </span>
        <Icon name="next" />
      </button>
    </li>
  );
}

function Personas({ list }: { list: readonly DemoPersona[] }) {
  const { t } = useTexts();
  const [running, setRunning] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const choose = async (persona: string) => {
    setRunning(persona);
    setProblem(null);
    try {
      await enterAs(persona);
    } catch (error) {
      setProblem(error instanceof ApiRefusal && error.status > 0 ? error.message : t("error.network"));
      setRunning(null);
    }
  };
  return (
    <>
      <div role="alert">{problem && <p class="warned">{problem}</p>}</div>
      <ul class="personas">
        {list.map((one) => (
          <Persona key={one.persona} one={one} running={running === one.persona} choose={() => void choose(one.persona)} />
        ))}
      </ul>
    </>
  );
}

export function SignIn({ ended }: { ended: boolean }) {
  const { t, lang } = useTexts();
  const asked = useAsked(`personas.${lang}`, api.personas);
  const noDemo = asked.error?.status === 404;
  return (
    <div class="page">
      <header class="bar">
        <h1>{t("title")}</h1>
        <Tools />
      </header>
      <main aria-label={t("sign_in.title")}>
        {ended && <p class="warned" role="status">{t("sign_in.ended")}</p>}
        {noDemo ? (
          <p class="card">{t("sign_in.by_link")}</p>
        ) : (
          <>
            <h2>{t("sign_in.title")}</h2>
            <p class="mark">{t("sign_in.text")}</p>
            {asked.data ? (
              asked.data.length ? <Personas list={asked.data} /> : <p class="card">{t("sign_in.none")}</p>
            ) : asked.error ? (
              <Problem error={asked.error} retry={() => void asked.again()} />
            ) : (
              <Skeleton />
            )}
          </>
        )}
      </main>
    </div>
  );
}
