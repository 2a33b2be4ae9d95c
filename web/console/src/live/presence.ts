/** Who of the desk is here. A heartbeat tells the server that this page is open, every five seconds. */
import type { Colleague, Presence } from "../api/types";
import * as desk from "../api/desk";
import { currentMe } from "./session";
import { Store } from "./store";
import { hear, line, send } from "./wire";

export const colleagues = new Store<Colleague[]>([]);
export const myPresence = new Store<Presence>("offline");

export const PRESENCES: Presence[] = ["online", "busy", "break", "offline"];

let pulse: Worker | null = null;

function applyColleagues(agents: Colleague[]): void {
  colleagues.set(agents);
  const mine = agents.find((agent) => agent.id === currentMe()?.id);
  if (mine) myPresence.set(mine.presence);
}

/** Switch own presence; shown at once and taken back when the server says no. */
export async function switchPresence(presence: Presence): Promise<void> {
  const before = myPresence.get();
  myPresence.set(presence);
  try {
    await desk.setPresence(presence);
  } catch (error) {
    myPresence.set(before);
    throw error;
  }
}

/**
 * A worker's timer, because a browser slows the timers of a hidden page down to one a minute,
 * and the server would take the agent for gone.
 */
export function startPulse(): void {
  stopPulse();
  pulse = new Worker(new URL("./pulse.worker.ts", import.meta.url), { type: "module" });
  pulse.onmessage = () => send({ t: "heartbeat" });
}

export function stopPulse(): void {
  pulse?.terminate();
  pulse = null;
}

export async function loadColleagues(): Promise<void> {
  const agents = await desk.presence().catch(() => null);
  if (agents) applyColleagues(agents);
}

export function listenPresence(): void {
  hear("presence", (frame) => applyColleagues(frame.agents));
  line.subscribe(() => {
    if (line.get().status === "online") send({ t: "heartbeat" });
  });
}
