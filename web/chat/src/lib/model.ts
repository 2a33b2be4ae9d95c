/** What the chat page knows, in one value. */

import type { Entry } from "@walletdesk/proto/outbox";
import type { Person, QueueFrame, SayFrame, State, Uuid } from "@walletdesk/proto/protocol";
import { EMPTY, type Transcript } from "@walletdesk/proto/transcript";

/** loading -> ready; failed (try again) and expired (come back through the wallet) are dead ends with a way out. */
export type Phase = "loading" | "ready" | "failed" | "expired";
export type Line = "connecting" | "online" | "offline" | "polling";

export interface Upload {
  id: Uuid;
  url: string;
  /** 0..1 while sending, or what went wrong. */
  progress: number;
  error: string | null;
}

export interface ChatModel {
  phase: Phase;
  person: Person;
  conversation: Uuid;
  line: Line;
  /** False until the first items of the server arrived: skeleton and no announcements. */
  caughtUp: boolean;
  transcript: Transcript;
  entries: readonly Entry<SayFrame>[];
  uploads: readonly Upload[];
  state: State | null;
  queue: QueueFrame | null;
  typing: "agent" | "bot" | null;
  /** A refusal that belongs to no message; shown until dismissed. */
  refusal: string | null;
}

export const START: ChatModel = {
  phase: "loading",
  person: { kind: "anonymous", name: null },
  conversation: "",
  line: "connecting",
  caughtUp: false,
  transcript: EMPTY,
  entries: [],
  uploads: [],
  state: null,
  queue: null,
  typing: null,
  refusal: null,
};
