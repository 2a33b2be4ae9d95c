/** The agents' console. */
import { createRoot } from "react-dom/client";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import "@walletdesk/tokens/tokens.css";
import "./console.css";
import { listenKeys } from "./actions/keyboard";
import { prefs } from "./app/prefs";
import { router } from "./app/router";
import { Theme } from "./app/Theme";
import { dropOldDrafts } from "./conversation/drafts";
import { runDesk } from "./live/desk";
import { askWhoIAm } from "./live/session";
import { listenPanel, queries } from "./panel/queries";
import { speak } from "./texts";

async function start(): Promise<void> {
  const box = document.getElementById("console");
  if (!box) throw new Error("the page has no #console");
  let lang = prefs.get().lang;
  prefs.subscribe(() => {
    if (prefs.get().lang === lang) return;
    lang = prefs.get().lang;
    void speak(lang);
  });
  runDesk();
  listenPanel();
  listenKeys();
  dropOldDrafts();
  await Promise.all([speak(lang), askWhoIAm()]);
  createRoot(box).render(
    <Theme>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </Theme>,
  );
}

void start();
