/** The one socket of the desk: every module says which frames it hears and sends through here. */
import { LiveSocket, type Status } from "@walletdesk/proto/socket";
import type { StaffFrame, StaffServerFrame } from "../api/types";
import { Store } from "./store";

type Name = StaffServerFrame["t"];
type Frame<N extends Name> = Extract<StaffServerFrame, { t: N }>;
type Hear = (frame: never) => void;

const ears = new Map<string, Set<Hear>>();
const greeters = new Set<() => StaffFrame[]>();
let socket: LiveSocket<StaffFrame, StaffServerFrame> | null = null;

export const line = new Store<{ status: Status; since: number; ever: boolean }>({
  status: "connecting",
  since: Date.now(),
  ever: false,
});

/** Hear every frame of one kind. */
export function hear<N extends Name>(name: N, listener: (frame: Frame<N>) => void): void {
  const found = ears.get(name) ?? new Set<Hear>();
  found.add(listener as Hear);
  ears.set(name, found);
}

/** Say what must be sent first on every connection: watches, and what was not yet acknowledged. */
export function greet(frames: () => StaffFrame[]): void {
  greeters.add(frames);
}

/** Send now, or say that the line is down; what must not be lost lives in the outbox. */
export function send(frame: StaffFrame): boolean {
  return socket?.send(frame) ?? false;
}

export function openLine(onRefusedUpgrade: () => void): void {
  closeLine();
  socket = new LiveSocket<StaffFrame, StaffServerFrame>({
    url: "/ws/desk",
    hello: () => [...greeters].flatMap((frames) => frames()),
    onFrame: (frame) => {
      for (const listener of ears.get(frame.t) ?? []) listener(frame as never);
    },
    onStatus: (status) => line.update((old) => ({ status, since: Date.now(), ever: old.ever || status === "online" })),
    onFallback: (needed) => needed && onRefusedUpgrade(),
    failuresBeforeFallback: 1,
  });
  socket.start();
}

export function closeLine(): void {
  socket?.stop();
  socket = null;
  line.set({ status: "connecting", since: Date.now(), ever: false });
}
