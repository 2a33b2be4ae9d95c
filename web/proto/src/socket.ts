/**
 * A socket that stays: reconnects with growing, jittered pauses, at once when the page comes back
 * to the foreground or the network returns, notices a dead line by its missing pong, and tells its
 * owner when upgrades keep failing so that he may poll instead.
 */

export type Status = "connecting" | "online" | "offline";

export interface LiveSocketOptions<Out, In> {
  /** Path or full ws address; a path is resolved against the page. */
  url: string;
  /** The first frames after the upgrade (hello, sync ...), asked anew at every connection. */
  hello: () => Out[];
  onFrame: (frame: In) => void;
  onStatus: (status: Status) => void;
  /** The line counts as online with this frame; without it, as soon as it is open. */
  onlineWith?: string;
  /** Called when `failuresBeforeFallback` lines in a row never came online (some proxies open and cut), and when one does. */
  onFallback?: (needed: boolean) => void;
  failuresBeforeFallback?: number;
  random?: () => number;
  connect?: (url: string) => WebSocket;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const PING_EVERY_MS = 25_000;
const PONG_WITHIN_MS = 8_000;
const OPEN_WITHIN_MS = 10_000;
const WAKES = ["online", "pageshow", "focus"] as const;

/** 0.5 s * 2^n up to 30 s, each between 50 % and 150 %: thousands do not return in one instant. */
export function pauseMs(failures: number, random: () => number = Math.random): number {
  const base = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
  return Math.round(base * (0.5 + random()));
}

/** ws(s):// address of a path on this page's own host. */
export function socketAddress(url: string, page: string = location.href): string {
  const address = new URL(url, page);
  address.protocol = address.protocol.replace("http", "ws");
  return address.href;
}

export class LiveSocket<Out extends { t: string }, In extends { t: string }> {
  status: Status = "offline";
  readonly #options: LiveSocketOptions<Out, In>;
  #socket: WebSocket | null = null;
  #failures = 0;
  #stopped = true;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #guard: ReturnType<typeof setTimeout> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;

  constructor(options: LiveSocketOptions<Out, In>) {
    this.#options = options;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    for (const name of WAKES) addEventListener(name, this.wake);
    addEventListener("offline", this.#lost);
    document.addEventListener("visibilitychange", this.wake);
    this.#open();
  }

  stop(): void {
    this.#stopped = true;
    for (const name of WAKES) removeEventListener(name, this.wake);
    removeEventListener("offline", this.#lost);
    document.removeEventListener("visibilitychange", this.wake);
    this.#drop();
    this.#become("offline");
  }

  /** Sends now or says that it could not; nothing is kept here (see the outbox). */
  send(frame: Out): boolean {
    if (this.status !== "online" || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Connects at once, whatever pause is running; an open line is probed instead. */
  readonly wake = (): void => {
    if (this.#stopped || document.visibilityState === "hidden") return;
    if (this.status === "online") this.#probe();
    else if (this.#socket?.readyState !== WebSocket.CONNECTING) this.#open();
  };

  readonly #lost = (): void => {
    this.#drop();
    this.#closed(false);
  };

  #open(): void {
    this.#drop();
    if (navigator.onLine === false) {
      this.#become("offline");
      return;
    }
    if (this.status !== "connecting") this.#become("connecting");
    const url = socketAddress(this.#options.url);
    const socket = this.#options.connect ? this.#options.connect(url) : new WebSocket(url);
    this.#socket = socket;
    this.#guard = setTimeout(() => socket.close(), OPEN_WITHIN_MS);
    socket.onopen = () => {
      clearTimeout(this.#guard);
      for (const frame of this.#options.hello()) socket.send(JSON.stringify(frame));
      if (!this.#options.onlineWith) this.#online();
    };
    socket.onmessage = (event) => this.#heard(String(event.data));
    socket.onclose = () => {
      if (this.#socket === socket) this.#closed(this.status !== "online");
    };
  }

  #heard(text: string): void {
    clearTimeout(this.#guard);
    const frame = JSON.parse(text) as In;
    if (frame.t === this.#options.onlineWith) this.#online();
    if (frame.t !== "pong") this.#options.onFrame(frame);
  }

  #online(): void {
    if (this.#failures >= this.#fallbackAfter) this.#options.onFallback?.(false);
    this.#failures = 0;
    clearInterval(this.#beat);
    this.#beat = setInterval(() => this.#probe(), PING_EVERY_MS);
    this.#become("online");
  }

  /** Asks for a sign of life; silence closes the line, which reconnects it. */
  #probe(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send('{"t":"ping"}');
    clearTimeout(this.#guard);
    this.#guard = setTimeout(() => this.#lost(), PONG_WITHIN_MS);
  }

  #closed(neverOnline: boolean): void {
    this.#drop();
    this.#become("offline");
    if (this.#stopped) return;
    const pause = pauseMs(this.#failures++, this.#options.random);
    if (neverOnline && this.#failures === this.#fallbackAfter) this.#options.onFallback?.(true);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), pause);
  }

  #drop(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#guard);
    clearInterval(this.#beat);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #become(status: Status): void {
    if (this.status === status) return;
    this.status = status;
    this.#options.onStatus(status);
  }

  get #fallbackAfter(): number {
    return this.#options.failuresBeforeFallback ?? 3;
  }
}
