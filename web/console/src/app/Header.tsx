/** The bar on top: where I am, whether the line stands, and what I am to my colleagues. */
import { openConversation } from "./nav";
import { prefs, setPrefs } from "./prefs";
import { overlay } from "./screen";
import { leave, session } from "../live/session";
import { useStore } from "../live/store";
import { line } from "../live/wire";
import { useT } from "../texts";
import { Menu } from "../ui/Menu";
import { PresenceMenu } from "./PresenceMenu";

function Line() {
  const t = useT();
  const status = useStore(line, (now) => now.status);
  return (
    <span className={`line line-${status}`} title={t(`line.${status}`)}>
      <span aria-hidden="true">●</span>
      <span className="sr">{t(`line.${status}`)}</span>
    </span>
  );
}

function MyMenu() {
  const t = useT();
  const name = useStore(session, (now) => (now.is === "in" ? now.me.name : ""));
  const theme = useStore(prefs, (now) => now.theme);
  const lang = useStore(prefs, (now) => now.lang);
  return (
    <Menu
      label={name}
      title={t("menu.me")}
      items={[
        { id: "zh", label: "中文", checked: lang === "zh", run: () => setPrefs({ lang: "zh" }) },
        { id: "en", label: "English", checked: lang === "en", run: () => setPrefs({ lang: "en" }) },
        ...(["system", "light", "dark"] as const).map((one) => ({
          id: one,
          label: t(`theme.${one}`),
          checked: theme === one,
          run: () => setPrefs({ theme: one }),
        })),
        { id: "out", label: t("action.sign_out"), run: () => void leave() },
      ]}
    />
  );
}

export function Header() {
  const t = useT();
  return (
    <header className="top">
      <a
        className="brand"
        href="/console"
        onClick={(event) => {
          event.preventDefault();
          openConversation(null);
        }}
      >
        <span className="brand-long">walletdesk</span>
        <span className="brand-short" aria-hidden="true">
          wd
        </span>{" "}
        <span className="quiet">{t("app.console")}</span>
      </a>
      <Line />
      <span className="grow" />
      <button type="button" className="top-button" onClick={() => overlay.set("commands")}>
        {t("action.commands")} <kbd>Ctrl K</kbd>
      </button>
      <button type="button" className="top-button" onClick={() => overlay.set("help")} aria-label={t("action.help")}>
        ?
      </button>
      <PresenceMenu />
      <MyMenu />
    </header>
  );
}
