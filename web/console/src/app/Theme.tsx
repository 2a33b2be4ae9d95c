/** Colours and language for everything inside: our variables, antd's theme, antd's words. */
import { useEffect, useSyncExternalStore, type ReactNode } from "react";
import { ConfigProvider, theme as antd } from "antd";
import { antdTheme } from "@walletdesk/tokens/antd";
import tokens from "@walletdesk/tokens/tokens.json";
import { prefs } from "./prefs";
import { useStore } from "../live/store";
import { language } from "../texts";

const dark = window.matchMedia("(prefers-color-scheme: dark)");

function watchDark(listener: () => void): () => void {
  dark.addEventListener("change", listener);
  return () => dark.removeEventListener("change", listener);
}

function useMode(): "light" | "dark" {
  const chosen = useStore(prefs, (now) => now.theme);
  const system = useSyncExternalStore(watchDark, () => dark.matches);
  return chosen === "system" ? (system ? "dark" : "light") : chosen;
}

/** The page's own variables follow the choice; tokens.css alone would follow the system only. */
function paint(mode: "light" | "dark"): void {
  const root = document.documentElement;
  for (const [name, value] of Object.entries(tokens.colour[mode])) root.style.setProperty(`--${name}`, value);
  root.style.colorScheme = mode;
  root.dataset["theme"] = mode;
}

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;

export function Theme({ children }: { children: ReactNode }) {
  const mode = useMode();
  const locale = useStore(language, (now) => now?.antd);
  useEffect(() => paint(mode), [mode]);
  const ours = antdTheme(mode);
  const theme = { ...ours, algorithm: mode === "dark" ? antd.darkAlgorithm : antd.defaultAlgorithm };
  return (
    <ConfigProvider
      theme={theme}
      {...(locale ? { locale } : {})}
      {...(nonce ? { csp: { nonce } } : {})}
      button={{ autoInsertSpace: false }}
      wave={{ disabled: true }}
    >
      {children}
    </ConfigProvider>
  );
}
