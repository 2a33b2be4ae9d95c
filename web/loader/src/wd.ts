/**
 * The chat for any site:
 *
 *   <script src="https://desk.example/wd.js" async></script>
 *
 * A button, and nothing else is fetched until it is pressed; then the chat in a titled frame. `data-lang="zh|en"` sets
 * the language (else the page's). A site whose visitors are signed in sets `window.walletdeskToken`, a function that
 * gives (or promises) the signed token; it is asked at the press, because a token lives for a minute.
 * `window.walletdesk.open()` and `.close()` do what the buttons do.
 */

import { STYLE } from "./style.ts";
import { WORDS, type Words } from "./texts.ts";

declare global {
  interface Window {
    walletdesk?: { open: () => void; close: () => void };
    walletdeskToken?: () => string | null | Promise<string | null>;
  }
}

const script = document.currentScript as HTMLScriptElement;
const asked = script.dataset["lang"] || document.documentElement.lang || navigator.language;
const lang = asked.toLowerCase().startsWith("zh") ? "zh" : "en";
const words: Words = WORDS[lang];
const home = new URL(script.src).origin;

function make<K extends keyof HTMLElementTagNameMap>(name: K, props: Partial<HTMLElementTagNameMap[K]>) {
  return Object.assign(document.createElement(name), props);
}

/** A token that cannot be had makes a visitor of the customer; he is never left without the chat. */
async function address(): Promise<string> {
  const url = new URL(`/chat?lang=${lang}`, home);
  try {
    const token = await window.walletdeskToken?.();
    if (token) url.searchParams.set("ctx", token);
  } catch {
    // The chat says itself that nobody is signed in.
  }
  return url.href;
}

function start(): void {
  const host = make("div", { lang: lang === "zh" ? "zh-CN" : "en" });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const button = make("button", { type: "button", className: "open", textContent: words.open });
  const panel = make("div", { className: "panel", hidden: true, role: "dialog", ariaLabel: words.frame });
  const shut = make("button", { type: "button", className: "close", textContent: `${words.close} ✕` });
  button.ariaExpanded = "false";
  panel.append(shut);
  root.append(button, panel);
  document.body.append(host);

  let frame: HTMLIFrameElement | null = null;
  const show = (on: boolean) => {
    panel.hidden = !on;
    button.hidden = on;
    button.ariaExpanded = String(on);
    (on ? (frame ?? shut) : button).focus();
  };
  const open = () => {
    if (!frame) {
      const made = make("iframe", { title: words.frame });
      frame = made;
      panel.append(made);
      void address().then((url) => (made.src = url));
    }
    show(true);
  };
  const close = () => show(false);
  button.onclick = open;
  shut.onclick = close;
  panel.onkeydown = (event) => event.key === "Escape" && close();
  window.walletdesk = { open, close };
}

if (!window.walletdesk) {
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
}
