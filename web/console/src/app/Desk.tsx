/** The working screen: list, talk, customer; on narrow screens one of them at a time. */
import { lazy, Suspense } from "react";
import { Conversation } from "../conversation/Conversation";
import { Inbox } from "../inbox/Inbox";
import { inbox } from "../live/inbox";
import { useStore } from "../live/store";
import { useT } from "../texts";
import { Loading } from "../ui/states";
import { Header } from "./Header";
import { place } from "./nav";
import { Banner, Notices, useArrivals } from "./Notices";
import { prefs } from "./prefs";
import { overlay, panelOpen } from "./screen";

const CustomerPanel = lazy(() => import("../panel/CustomerPanel"));
const CommandBar = lazy(() => import("../actions/CommandBar"));
const Help = lazy(() => import("../actions/Help"));

function Nothing() {
  const t = useT();
  const counts = useStore(inbox, (now) => now.counts);
  return (
    <main className="conversation nothing">
      <p>{counts?.mine ? t("nothing.choose") : t("nothing.none")}</p>
      <p className="quiet">{t("nothing.hint")}</p>
    </main>
  );
}

export function Desk() {
  useArrivals();
  const id = useStore(place, (now) => now.id);
  const panel = useStore(prefs, (now) => now.panel);
  const panelOver = useStore(panelOpen, (now) => now);
  const over = useStore(overlay, (now) => now);
  const layout = `desk${id ? " has-talk" : ""}${panel ? " has-panel" : ""}${panelOver ? " panel-over" : ""}`;
  return (
    <div className={layout}>
      <Header />
      <Banner />
      <div className="panes">
        <Inbox />
        {id ? <Conversation key={id} id={id} /> : <Nothing />}
        {id && (panel || panelOver) && (
          <Suspense
            fallback={
              <aside className="panel">
                <Loading lines={8} />
              </aside>
            }
          >
            <CustomerPanel key={id} conversation={id} />
          </Suspense>
        )}
      </div>
      <Notices />
      <Suspense>
        {over === "commands" && <CommandBar />}
        {over === "help" && <Help />}
      </Suspense>
    </div>
  );
}
