import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { LiveSocket, pauseMs, socketAddress, type Status } from "../proto/src/socket.ts";

type Frame = { t: string; [key: string]: unknown };

/** A socket that does what the test says. */
class Wire {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static all: Wire[] = [];
  readyState = 0;
  sent: Frame[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(readonly url: string) {
    Wire.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Frame);
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.();
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  hears(frame: Frame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

const page = { visibilityState: "visible" };
const listeners = new Map<string, Set<() => void>>();
const fire = (name: string) => [...(listeners.get(name) ?? [])].forEach((listener) => listener());
const listen = (name: string, listener: () => void) => {
  listeners.set(name, (listeners.get(name) ?? new Set()).add(listener));
};
const unlisten = (name: string, listener: () => void) => listeners.get(name)?.delete(listener);
const network = { onLine: true };

function made(options: Partial<ConstructorParameters<typeof LiveSocket<Frame, Frame>>[0]> = {}) {
  const statuses: Status[] = [];
  const frames: Frame[] = [];
  const fallback: boolean[] = [];
  const socket = new LiveSocket<Frame, Frame>({
    url: "/ws/chat",
    hello: () => [{ t: "hello", since: frames.length }],
    onFrame: (frame) => frames.push(frame),
    onStatus: (status) => statuses.push(status),
    onlineWith: "welcome",
    onFallback: (needed) => fallback.push(needed),
    random: () => 0.5,
    ...options,
  });
  return { socket, statuses, frames, fallback };
}

const last = () => Wire.all.at(-1)!;

beforeEach(() => {
  Wire.all = [];
  listeners.clear();
  page.visibilityState = "visible";
  network.onLine = true;
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  vi.stubGlobal("location", { href: "https://desk.example/chat?x=1" });
  vi.stubGlobal("navigator", network);
  vi.stubGlobal("document", Object.assign(page, { addEventListener: listen, removeEventListener: unlisten }));
  vi.stubGlobal("addEventListener", listen);
  vi.stubGlobal("removeEventListener", unlisten);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the pause before trying again", () => {
  it("doubles from half a second up to thirty", () => {
    expect([0, 1, 2, 3, 6, 20].map((n) => pauseMs(n, () => 0.5))).toEqual([500, 1000, 2000, 4000, 30_000, 30_000]);
  });

  it("is spread between half and one and a half of that", () => {
    expect(pauseMs(3, () => 0)).toBe(2000);
    expect(pauseMs(3, () => 0.999_999)).toBe(6000);
  });
});

describe("the address", () => {
  it("is the page's own host, as safe as the page", () => {
    expect(socketAddress("/ws/chat", "https://desk.example/chat")).toBe("wss://desk.example/ws/chat");
    expect(socketAddress("/ws/chat", "http://127.0.0.1:8000/chat")).toBe("ws://127.0.0.1:8000/ws/chat");
  });
});

describe("the live socket", () => {
  it("says hello first and is online only when it is welcomed", () => {
    const { socket, statuses } = made();
    socket.start();
    last().opens();
    expect(last().sent).toEqual([{ t: "hello", since: 0 }]);
    expect(socket.send({ t: "say" })).toBe(false);
    last().hears({ t: "welcome" });
    expect(statuses).toEqual(["connecting", "online"]);
    expect(socket.send({ t: "say" })).toBe(true);
  });

  it("resumes: after a lost line it asks anew from what it has, after a pause", () => {
    const { socket } = made();
    socket.start();
    last().opens();
    last().hears({ t: "welcome" });
    last().hears({ t: "items" });
    last().close();
    expect(Wire.all).toHaveLength(1);
    vi.advanceTimersByTime(499);
    expect(Wire.all).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(Wire.all).toHaveLength(2);
    last().opens();
    expect(last().sent).toEqual([{ t: "hello", since: 2 }]);
  });

  it("connects at once when the page comes to the front or the network returns, whatever pause is running", () => {
    const { socket } = made();
    socket.start();
    for (let i = 0; i < 6; i++) {
      last().close();
      vi.advanceTimersByTime(60_000);
    }
    last().close();
    const before = Wire.all.length;
    fire("online");
    expect(Wire.all.length).toBe(before + 1);
    last().close();
    page.visibilityState = "hidden";
    fire("visibilitychange");
    expect(Wire.all.length).toBe(before + 1);
    page.visibilityState = "visible";
    fire("visibilitychange");
    expect(Wire.all.length).toBe(before + 2);
    socket.stop();
  });

  it("notices a line that is dead without having been closed, and replaces it", () => {
    const { socket, statuses } = made();
    socket.start();
    last().opens();
    last().hears({ t: "welcome" });
    vi.advanceTimersByTime(25_000);
    expect(last().sent.at(-1)).toEqual({ t: "ping" });
    last().hears({ t: "pong" });
    vi.advanceTimersByTime(24_999);
    expect(statuses.at(-1)).toBe("online");
    vi.advanceTimersByTime(1 + 8_000);
    expect(statuses.at(-1)).toBe("offline");
    vi.advanceTimersByTime(500);
    expect(Wire.all).toHaveLength(2);
  });

  it("never gives a pong to the page", () => {
    const { socket, frames } = made();
    socket.start();
    last().opens();
    last().hears({ t: "welcome" });
    last().hears({ t: "pong" });
    expect(frames.map((frame) => frame.t)).toEqual(["welcome"]);
  });

  it.each([false, true])("calls for another way after three lines that never came up (opened: %s), and takes it back", (opened) => {
    const { socket, fallback } = made();
    socket.start();
    for (let i = 0; i < 3; i++) {
      if (opened) last().opens();
      last().close();
      vi.advanceTimersByTime(pauseMs(i, () => 0.5));
    }
    expect(fallback).toEqual([true]);
    last().opens();
    last().hears({ t: "welcome" });
    expect(fallback).toEqual([true, false]);
  });

  it("does not try while the device knows that it is offline", () => {
    network.onLine = false;
    const { socket, statuses } = made();
    socket.start();
    expect(Wire.all).toHaveLength(0);
    expect(statuses).toEqual([]);
    network.onLine = true;
    fire("online");
    expect(Wire.all).toHaveLength(1);
  });

  it("gives up an upgrade that hangs for ten seconds", () => {
    const { socket } = made();
    socket.start();
    vi.advanceTimersByTime(10_000);
    expect(Wire.all[0]!.readyState).toBe(3);
    vi.advanceTimersByTime(500);
    expect(Wire.all).toHaveLength(2);
  });

  it("is quiet after it was stopped", () => {
    const { socket } = made();
    socket.start();
    last().opens();
    last().hears({ t: "welcome" });
    socket.stop();
    vi.advanceTimersByTime(120_000);
    fire("online");
    expect(Wire.all).toHaveLength(1);
    expect(socket.status).toBe("offline");
  });
});
