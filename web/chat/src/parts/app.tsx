import { prefs, isLarge } from "@walletdesk/parts/prefs";
import { useStore } from "@walletdesk/parts/store";
import { useEffect } from "preact/hooks";

import { TextsContext, textsOf, useTexts } from "../lib/texts.ts";
import { Banner } from "./banner.tsx";
import { Composer } from "./composer.tsx";
import { useModel } from "./desk.ts";
import { Header, HumanButton } from "./header.tsx";
import { lazy } from "./lazy.tsx";
import { Log } from "./log.tsx";
import { QuickReplies } from "./quick.tsx";
import { sheets } from "./sheets.ts";
import { Skeleton } from "./states.tsx";

const SheetView = lazy("SheetView");
const DeadEnd = lazy("DeadEnd");
const Notices = lazy("Notices");

function Conversation() {
  const { t } = useTexts();
  const large = useStore(prefs, (p) => isLarge(p.type));
  return (
    <main class="conversation" aria-label={t("title")}>
      <Log />
      <div class="foot">
        <QuickReplies />
        {large && <HumanButton wide />}
        <Composer />
      </div>
    </main>
  );
}

function Body() {
  const phase = useModel((m) => m.phase);
  if (phase === "failed" || phase === "expired") return <DeadEnd phase={phase} />;
  if (phase === "loading") {
    return (
      <main class="conversation">
        <Skeleton />
      </main>
    );
  }
  return <Conversation />;
}

export function App() {
  const lang = useStore(prefs, (p) => p.lang);
  const sheet = useStore(sheets, (s) => s.open);
  useEffect(() => {
    document.title = textsOf(lang).t("title");
  }, [lang]);
  return (
    <TextsContext.Provider value={textsOf(lang)}>
      <div class="page">
        <Header />
        <Banner />
        <Notices />
        <Body />
      </div>
      {sheet && <SheetView sheet={sheet} key={sheet.name} />}
    </TextsContext.Provider>
  );
}
