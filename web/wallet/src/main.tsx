import { prefs, showPrefs } from "@walletdesk/parts/prefs";
import { render } from "preact";

import { loadTexts } from "./lib/texts.ts";
import { whoAmI } from "./lib/wallet.ts";
import { App } from "./parts/app.tsx";
import { fetchLate } from "./parts/lazy.tsx";

async function start(): Promise<void> {
  showPrefs();
  const texts = loadTexts(prefs.get().lang);
  void whoAmI();
  await texts;
  const root = document.getElementById("app")!;
  root.replaceChildren();
  render(<App />, root);
  const whenIdle = window.requestIdleCallback ?? setTimeout;
  whenIdle(() => void fetchLate().catch(() => {}));
}

void start();
