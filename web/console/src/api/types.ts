/** The words of the protocol as the console uses them, and what only the desk sees. */
import type { CardAction, DeskFinding, FindingCard, InboxBox, InboxRow, InboxAnswer, Item as AnyItem } from "@walletdesk/proto/protocol";

export type {
  ActionState, Card, CardAction, CustomerFacts, DeskConversation, FindingCard, Lang, Money, PickerCard, Presence,
  State, StaffFrame, StaffMe, StaffSayFrame, StaffServerFrame, Suggestion, Tone, WalletTransaction,
} from "@walletdesk/proto/protocol";
export type { AgentPresence as Colleague } from "@walletdesk/proto/protocol";

export type Box = InboxBox;
export type Row = InboxRow;
export type Item = AnyItem & { audience?: "all" | "staff" };

/** The server may count the resolved box too; it need not. */
export type Counts = InboxAnswer["counts"] & { resolved?: number };
export interface InboxPage {
  rows: Row[];
  next: string | null;
  counts: Counts;
}

/** A fact with three values: yes, no, unknown. `label` and `text` are the server's words where it has them. */
export interface Fact {
  name: string;
  label?: string;
  value: unknown;
  text?: string;
  record: string | null;
  source?: string;
}

export interface Remedy {
  kind: string;
  label?: string;
  who?: string;
  command?: string | null;
  automatic?: boolean;
}

export type Finding = Omit<DeskFinding, "facts" | "remedies"> & {
  card: FindingCard;
  facts: Fact[];
  remedies: (Remedy | string)[];
};

/** What the agent promises with a reply: the customer is next, or we come back by a time. */
export type Then = { then: "wait_customer" } | { then: "wait_third"; until: string };

export type CommandState = NonNullable<CardAction["state"]>;
