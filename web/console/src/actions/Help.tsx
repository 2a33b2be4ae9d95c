/** `?`: all shortcuts, and the switch for the single keys. */
import { Modal } from "antd";
import { prefs, setPrefs } from "../app/prefs";
import { overlay } from "../app/screen";
import { useStore } from "../live/store";
import { useT } from "../texts";
import type { Action } from "./action";
import { ACTIONS } from "./all";

const GROUPS: Action["group"][] = ["conversation", "move", "me", "view"];

function strip(chord: string): string[] {
  return chord.split("+").map((part) => part.replace(/^(Key|Digit)/, ""));
}

function Line({ action }: { action: Action }) {
  const t = useT();
  const many = action.id === "suggestion.1";
  return (
    <tr>
      <th scope="row">{t(action.label, many ? "1–9" : "")}</th>
      <td>
        {action.chord && strip(many ? "Alt+1–9" : action.chord).map((key) => <kbd key={key}>{key}</kbd>)}
      </td>
      <td>{action.key && <kbd>{action.key}</kbd>}</td>
    </tr>
  );
}

function listed(group: Action["group"]): Action[] {
  const all = ACTIONS.filter((action) => action.group === group && (action.chord || action.key));
  return all.filter((action) => !/^suggestion\.[2-9]$/.test(action.id));
}

const IN_COMPOSER: [string, string[]][] = [
  ["help.enter", ["Enter"]],
  ["help.ctrl_enter", ["Ctrl", "Enter"]],
  ["help.shift_enter", ["Shift", "Enter"]],
];

export default function Help() {
  const t = useT();
  const singleKeys = useStore(prefs, (now) => now.singleKeys);
  const close = () => overlay.set(null);
  return (
    <Modal open footer={null} onCancel={close} title={t("help.title")} width={640} transitionName="" maskTransitionName="">
      <label className="check">
        <input type="checkbox" checked={singleKeys} onChange={(event) => setPrefs({ singleKeys: event.target.checked })} />{" "}
        {t("help.single_keys")}
      </label>
      <table className="shortcuts">
        <thead>
          <tr>
            <th scope="col">{t("help.what")}</th>
            <th scope="col">{t("help.chord")}</th>
            <th scope="col">{t("help.single")}</th>
          </tr>
        </thead>
        <tbody>
          {IN_COMPOSER.map(([label, keys]) => (
            <tr key={label}>
              <th scope="row">{t(label)}</th>
              <td>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </td>
              <td />
            </tr>
          ))}
          {GROUPS.flatMap(listed).map((action) => (
            <Line key={action.id} action={action} />
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
