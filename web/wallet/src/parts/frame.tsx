/** Around every screen: title and way back on top, the line's state, the tabs below. */

import { useStore } from "@walletdesk/parts/store";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import { go, keepScroll, keptScroll, place, type Route } from "../lib/route.ts";
import { line } from "../lib/session.ts";
import { useTexts } from "../lib/texts.ts";
import { Icon, type IconName } from "./icons.tsx";
import { SupportButton } from "./support.tsx";
import { Tools } from "./tools.tsx";

const TABS: [Route & { name: "home" | "bills" | "me" }, IconName][] = [
  [{ name: "home" }, "home"],
  [{ name: "bills" }, "bills"],
  [{ name: "me" }, "me"],
];

function Tabs() {
  const { t } = useTexts();
  const at = useStore(place, (now) => now.route.name);
  const tabs = TABS.map(([route, icon]) => (
    <a
      key={route.name}
      href={`/wallet${route.name === "home" ? "" : `/${route.name}`}`}
      aria-current={at === route.name ? "page" : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go(route);
      }}
    >
      <Icon name={icon} />
      <span>{t(`tab.${route.name}`)}</span>
    </a>
  ));
  return (
    <nav class="tabs" aria-label={t("tabs")}>
      {tabs.slice(0, 2)}
      <SupportButton />
      {tabs.slice(2)}
    </nav>
  );
}

function Line() {
  const { t } = useTexts();
  const online = useStore(line, (now) => now.online);
  return (
    <div role="status">
      {!online && (
        <p class="banner">
          <Icon name="alert" /> {t("line.offline")}
        </p>
      )}
    </div>
  );
}

/** A new screen is a new page for whoever hears it: title in the window, focus on the heading. */
function useArrival(title: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { t } = useTexts();
  useEffect(() => {
    document.title = `${title} · ${t("title")}`;
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, [title]);
  return heading;
}

/** Whoever comes back to a screen finds it scrolled as he left it. */
function useScroll() {
  const area = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const { route } = place.get();
    const main = area.current!;
    main.scrollTop = keptScroll(route);
    return () => keepScroll(route, main.scrollTop);
  }, []);
  return area;
}

interface Props {
  title: string;
  /** Where "back" leads; without it there is none. */
  back?: () => void;
  children: ComponentChildren;
}

export function Frame({ title, back, children }: Props) {
  const { t } = useTexts();
  const heading = useArrival(title);
  const area = useScroll();
  return (
    <div class="page">
      <header class="bar">
        {back && (
          <button type="button" class="round" aria-label={t("back")} onClick={back}>
            <Icon name="back" />
          </button>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <Tools />
      </header>
      <Line />
      <main aria-label={title} ref={area}>
        {children}
      </main>
      <Tabs />
    </div>
  );
}
