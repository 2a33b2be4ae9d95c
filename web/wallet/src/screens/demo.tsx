/** The fault switch: what goes wrong with the next order, so that each problem can be seen live. */

import { ApiRefusal } from "@walletdesk/parts/http";
import type { DemoFaults } from "@walletdesk/proto/protocol";
import { useState } from "preact/hooks";

import * as api from "../lib/api.ts";
import { forgetAll, useAsked } from "../lib/asked.ts";
import { go } from "../lib/route.ts";
import { heard } from "../lib/session.ts";
import { useTexts } from "../lib/texts.ts";
import { Frame } from "../parts/frame.tsx";
import { Problem, Skeleton } from "../parts/states.tsx";

function Choice({ data, done }: { data: DemoFaults; done: () => Promise<void> }) {
  const { t } = useTexts();
  const [chosen, setChosen] = useState(data.fault);
  const [told, tell] = useState<string | null>(null);
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const choose = async (fault: string, title: string) => {
    const before = chosen;
    setChosen(fault);
    setProblem(null);
    try {
      await api.setFault(fault);
      tell(t("demo.set", title));
      await done();
    } catch (error) {
      heard(error);
      setChosen(before);
      setProblem(error instanceof ApiRefusal && error.status > 0 ? error.message : t("error.network"));
    }
  };
  /** The chosen one happens at once, so that there is something to ask about. */
  const play = async () => {
    if (running) return;
    setRunning(true);
    setProblem(null);
    try {
      const id = await api.play(chosen);
      forgetAll();
      go({ name: "result", id });
    } catch (error) {
      heard(error);
      setProblem(error instanceof ApiRefusal && error.status > 0 ? error.message : t("error.network"));
      setRunning(false);
    }
  };
  return (
    <>
      <fieldset class="card choices">
        <legend>{t("demo.which")}</legend>
        {data.faults.map(({ fault, title, hint }) => (
          <label key={fault} class="choice" data-on={chosen === fault}>
            <input type="radio" name="fault" checked={chosen === fault} onChange={() => void choose(fault, title)} />
            <span class="what">
              <b>{title}</b>
              {hint && <small>{hint}</small>}
            </span>
          </label>
        ))}
      </fieldset>
      <p role="status" class={told ? "told" : ""}>
        {told}
      </p>
      <div role="alert">{problem && <p class="warned">{problem}</p>}</div>
      {chosen !== "none" && (
        <button type="button" class="primary wide" aria-busy={running} onClick={() => void play()}>
          {t("demo.play")}
        </button>
      )}
    </>
  );
}

export function Demo() {
  const { t, lang } = useTexts();
  const asked = useAsked(`faults.${lang}`, api.faults);
  return (
    <Frame title={t("demo.title")} back={() => go({ name: "home" })}>
      <p>{t("demo.text")}</p>
      {asked.data ? (
        <Choice data={asked.data} done={asked.again} />
      ) : asked.error?.status === 404 ? (
        <p class="card">{t("demo.none")}</p>
      ) : asked.error ? (
        <Problem error={asked.error} retry={() => void asked.again()} />
      ) : (
        <Skeleton />
      )}
      <div class="buttons">
        {(["pay", "transfer", "top_up"] as const).map((name) => (
          <button type="button" class="plain" key={name} onClick={() => go({ name })}>
            {t(`do.${name}`)}
          </button>
        ))}
      </div>
    </Frame>
  );
}
