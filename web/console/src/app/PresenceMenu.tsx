/** My presence and load, and who else is here. Alt+S opens it. */
import { attempt } from "./toasts";
import { overlay } from "./screen";
import type { Colleague } from "../api/types";
import { inbox } from "../live/inbox";
import { colleagues, myPresence, PRESENCES, switchPresence } from "../live/presence";
import { currentMe } from "../live/session";
import { useStore } from "../live/store";
import { useT } from "../texts";
import { Menu } from "../ui/Menu";

function Colleagues({ list }: { list: Colleague[] }) {
  const t = useT();
  if (list.length === 0) return null;
  return (
    <table className="colleagues">
      <caption>{t("presence.colleagues")}</caption>
      <tbody>
        {list.map((one) => (
          <tr key={one.id}>
            <th scope="row">{one.name}</th>
            <td>
              <span className={`dot dot-${one.presence}`} aria-hidden="true" /> {t(`presence.${one.presence}`)}
            </td>
            <td>
              {one.load}/{one.capacity}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function PresenceMenu() {
  const t = useT();
  const mine = useStore(myPresence, (now) => now);
  const all = useStore(colleagues, (now) => now);
  const open = useStore(overlay, (now) => now === "presence");
  const counted = useStore(inbox, (now) => now.counts?.mine ?? 0);
  const me = currentMe();
  const self = all.find((one) => one.id === me?.id);
  const load = `${self?.load ?? counted}/${self?.capacity ?? me?.capacity ?? 0}`;
  return (
    <Menu
      title={t("presence.title")}
      open={open}
      onOpen={(next) => overlay.set(next ? "presence" : null)}
      label={
        <>
          <span className={`dot dot-${mine}`} aria-hidden="true" /> {t(`presence.${mine}`)} <span className="quiet">{load}</span>
        </>
      }
      items={PRESENCES.map((one) => ({
        id: one,
        checked: one === mine,
        label: (
          <>
            <span className={`dot dot-${one}`} aria-hidden="true" /> {t(`presence.${one}`)}
          </>
        ),
        run: () => void attempt(() => switchPresence(one)),
      }))}
    >
      <Colleagues list={all.filter((one) => one.id !== me?.id)} />
    </Menu>
  );
}
