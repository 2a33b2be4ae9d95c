import { prefs, showPrefs } from "@walletdesk/parts/prefs";
import { fitKeyboard } from "@walletdesk/parts/viewport";
import { render } from "preact";

import { Desk } from "./lib/desk.ts";
import { loadTexts } from "./lib/texts.ts";
import { App } from "./parts/app.tsx";
import { DeskContext } from "./parts/desk.ts";
import { fetchLate } from "./parts/lazy.tsx";

async function start(): Promise<void> {
  showPrefs();
  fitKeyboard();
  const desk = new Desk();
  const texts = loadTexts(prefs.get().lang);
  void desk.enter();
  await texts;
  const root = document.getElementById("app")!;
  root.replaceChildren();
  render(
    <DeskContext.Provider value={desk}>
      <App />
    </DeskContext.Provider>,
    root,
  );
  const whenIdle = window.requestIdleCallback ?? setTimeout;
  whenIdle(() => void fetchLate().catch(() => {}));
}

void start();
