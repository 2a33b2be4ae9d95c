/** Short messages at the edge of the screen. They never take the focus and are read out politely. */
import { ApiRefusal } from "../api/http";
import { Store } from "../live/store";
import { t } from "../texts";

export interface Toast {
  id: number;
  kind: "info" | "good" | "bad";
  text: string;
  action?: { label: string; run: () => void };
}

const SHOWN_MS = 6000;
const AT_MOST = 4;
let last = 0;

export const toasts = new Store<readonly Toast[]>([]);

export function dropToast(id: number): void {
  toasts.update((old) => old.filter((one) => one.id !== id));
}

/** Show a message; one with an action stays longer, so that there is time to reach it. */
export function toast(kind: Toast["kind"], text: string, action?: Toast["action"]): number {
  const id = ++last;
  toasts.update((old) => [...old, { id, kind, text, ...(action ? { action } : {}) }].slice(-AT_MOST));
  window.setTimeout(() => dropToast(id), action ? SHOWN_MS * 3 : SHOWN_MS);
  return id;
}

/** What went wrong, in the reader's language: the server's own words where it has any. */
export function errorText(error: unknown): string {
  if (!(error instanceof ApiRefusal)) return t("error.unexpected");
  if (error.message) return error.message;
  if (error.status === 0) return t("error.network");
  if (error.status === 403) return t("error.forbidden");
  if (error.status === 404) return t("error.not_found");
  return t("error.server", error.status);
}

/** Run what may be refused; a refusal is shown and gives false. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    toast("bad", errorText(error));
    if (!(error instanceof ApiRefusal)) throw error;
    return false;
  }
}
