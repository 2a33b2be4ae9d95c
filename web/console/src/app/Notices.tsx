/** What happens besides: offers with their time, short messages, and the banner of a lost line. */
import { useEffect, useState } from "react";
import { openConversation, place } from "./nav";
import { isTyping } from "./screen";
import { dropToast, toast, toasts } from "./toasts";
import { accept } from "../conversation/flow";
import { isMine, waitsOnUs } from "../inbox/order";
import { span } from "../inbox/wait";
import { useNow } from "../live/clock";
import { inbox } from "../live/inbox";
import { offers, onArrival, type Offer } from "../live/offers";
import { unsent } from "../live/say";
import { currentMe } from "../live/session";
import { useStore } from "../live/store";
import { line } from "../live/wire";
import { t as text, useT } from "../texts";

const BANNER_AFTER_MS = 1500;

/** Nothing on hand: no words begun, and what is open does not wait on me. */
function isIdle(): boolean {
  if (isTyping()) return false;
  const { id } = place.get();
  const row = id ? inbox.get().rows.get(id) : undefined;
  return !row || !isMine(row, currentMe()?.id ?? "") || !waitsOnUs(row);
}

/** What has just come opens itself before idle hands; else a message says so. */
export function useArrivals(): void {
  useEffect(
    () =>
      onArrival((row) => {
        if (place.get().id === row.id) return;
        if (isIdle()) {
          openConversation(row.id);
          return;
        }
        if (row.state === "offered") return;
        const open = { label: text("notice.open"), run: () => openConversation(row.id) };
        toast("info", text("notice.assigned", row.customer_name ?? "", row.last_text ?? ""), open);
      }),
    [],
  );
}

function OfferCard({ offer }: { offer: Offer }) {
  const t = useT();
  const left = Math.max(0, offer.expiresAt - useNow());
  const { row } = offer;
  return (
    <li className="toast toast-offer">
      <p>
        <strong>{t("notice.offer", row.customer_name || t("row.anonymous"))}</strong> <span className="left" aria-hidden="true">{span(left, t)}</span>
      </p>
      <p className="toast-text">{row.last_text}</p>
      <p>
        <button type="button" className="solid" onClick={() => void accept(row.id)}>
          {t("action.accept")} <kbd>Alt A</kbd>
        </button>
        <button type="button" className="link" onClick={() => openConversation(row.id)}>
          {t("notice.look")}
        </button>
      </p>
    </li>
  );
}

export function Notices() {
  const t = useT();
  const offered = useStore(offers, (now) => now);
  const list = useStore(toasts, (now) => now);
  return (
    <div className="toasts" role="status" aria-label={t("notice.title")}>
      <ul>
      {offered.map((offer) => (
        <OfferCard key={offer.row.id} offer={offer} />
      ))}
      {list.map((one) => (
        <li key={one.id} className={`toast toast-${one.kind}`}>
          <span className="toast-text">{one.text}</span>
          {one.action && (
            <button
              type="button"
              className="link"
              onClick={() => {
                one.action?.run();
                dropToast(one.id);
              }}
            >
              {one.action.label}
            </button>
          )}
          <button type="button" className="toast-close" aria-label={t("notice.close")} onClick={() => dropToast(one.id)}>
            ×
          </button>
        </li>
      ))}
      </ul>
    </div>
  );
}

/** The line is down: what still works, what waits, and since when. */
export function Banner() {
  const t = useT();
  const status = useStore(line, (now) => now.status);
  const since = useStore(line, (now) => now.since);
  const waiting = useStore(unsent, (now) => now.filter((one) => one.failed === null).length);
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (status === "online") return undefined;
    const timer = window.setTimeout(() => setLate(true), BANNER_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [status === "online"]);
  const now = useNow();
  if (status === "online" || !late) return null;
  return (
    <div className="banner" role="alert">
      {t("banner.lost")} <span aria-hidden="true">{span(Math.max(0, now - since), t)}</span> {waiting > 0 && t("banner.waiting", waiting)}
    </div>
  );
}
