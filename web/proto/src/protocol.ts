/**
 * The words browser and server exchange: items, cards, socket frames, REST bodies.
 * Amounts are integer minor units with a currency; times are ISO 8601 in UTC.
 */

export type Uuid = string;
export type Iso = string;
export type Lang = "zh" | "en";

export interface Money {
  minor: number;
  currency: string;
}

// ---------------------------------------------------------------- conversation

export type ConversationState =
  | "bot"
  | "queued"
  | "offered"
  | "agent"
  | "wait_cust"
  | "wait_third"
  | "callback"
  | "resolved";

export type Owner = "bot" | "queue" | "agent" | "callback" | "case" | "customer";
export type AuthorKind = "customer" | "bot" | "agent" | "system";
export type ItemKind = "text" | "choice" | "photo" | "card" | "note" | "status";

/** What is true of a conversation now; sent with every batch of items and on every change. */
export interface State {
  state: ConversationState;
  owner: Owner;
  agent_name: string | null;
  promise: { text: string; by: Iso } | null;
  customer_read_seq: number;
  agent_read_seq: number;
  may_rate: boolean;
  rated: boolean;
}

/** Everything durable a person sees. `replaces` names the card whose new content this item is. */
export interface Item {
  seq: number;
  id: Uuid;
  kind: ItemKind;
  author: { kind: AuthorKind; name: string | null };
  text: string;
  body: ItemBody | null;
  replaces: Uuid | null;
  at: Iso;
  /** Only for the staff, and only where the text has links. */
  links?: LinkMark[];
}

/** What a link in a message is: whose page, the verdict and why, in the reader's words. */
export interface LinkMark {
  site: string;
  verdict: "own" | "unknown" | "suspicious" | "dangerous";
  label: string;
  reasons: string[];
}

export type ItemBody = Card | ChoiceBody | PhotoBody | UnknownBody;

/** The customer's tap: which card, which option or action of it. */
export interface ChoiceBody {
  card_id: Uuid | null;
  option: string;
}

export interface PhotoBody {
  attachment_id: Uuid;
  width?: number;
  height?: number;
}

export interface UnknownBody {
  [key: string]: unknown;
}

// ----------------------------------------------------------------------- cards

export interface Option {
  id: string;
  label: string;
  hint?: string;
}

export interface ChoicesCard {
  card: "choices";
  text: string;
  options: Option[];
}

export interface PickerOption {
  id: string;
  name: string;
  amount: Money;
  sign: "-" | "+";
  at: Iso;
  state: string;
}

export interface PickerCard {
  card: "picker";
  text: string;
  symptom: string;
  options: PickerOption[];
  more: boolean;
  none: Option;
}

export type Tone = "good" | "wait" | "problem" | "neutral";
export type ActionState = "offered" | "running" | "done" | "refused" | "unknown";

export interface CardAction {
  id: string;
  label: string;
  style: "primary" | "plain";
  state: ActionState;
  note?: string;
}

export interface TimelineStep {
  at: Iso | null;
  ok: boolean | null;
  text: string;
  record: string | null;
}

export interface FindingTransaction {
  id: Uuid;
  name: string;
  amount: Money;
  at: Iso;
  order_no: string | null;
}

export interface FindingCard {
  card: "finding";
  finding_id: Uuid;
  symptom: string;
  verdict: string;
  tone: Tone;
  headline: string;
  transaction: FindingTransaction | null;
  timeline: TimelineStep[];
  money: { text: string; records: string[] };
  next: { text: string; by: Iso | null; records: string[] };
  actions: CardAction[];
  evidence_no: string;
  as_of: Iso;
}

export interface SafetyCard {
  card: "safety";
  text: string;
  actions: CardAction[];
}

export interface RatingCard {
  card: "rating";
  text: string;
  faces: string[];
}

export interface NoticeCard {
  card: "notice";
  text: string;
}

/** A help article: its first lines, word for word, and the way to the whole of it. */
export interface ArticleCard {
  card: "article";
  title: string;
  lines: string[];
  link: { href: string; label: string };
  record: string;
  options: Option[];
}

export type Card = ChoicesCard | PickerCard | FindingCard | SafetyCard | RatingCard | NoticeCard | ArticleCard;

// ------------------------------------------------------- customer's socket frames

export type Frame =
  | HelloFrame
  | OpenFrame
  | SayFrame
  | { t: "read"; conversation: Uuid; seq: number }
  | { t: "typing"; conversation: Uuid; on: boolean }
  | { t: "sync"; conversation: Uuid; since: number }
  | { t: "ping" };

export interface HelloFrame {
  t: "hello";
  session: string;
  conversation?: Uuid;
  since?: number;
}

export interface OpenFrame {
  t: "open";
  conversation: Uuid;
  locale: Lang;
  large_type: boolean;
  context: Context | null;
}

export interface SayFrame {
  t: "say";
  id: Uuid;
  conversation: Uuid;
  kind: "text" | "choice" | "photo";
  text: string;
  body?: ChoiceBody | PhotoBody;
}

export interface AckFrame {
  t: "ack";
  id: Uuid;
  conversation: Uuid;
  seq: number;
  at: Iso;
}

export interface ItemsFrame {
  t: "items";
  conversation: Uuid;
  items: Item[];
  state: State;
  more: boolean;
}

export interface QueueFrame {
  t: "queue";
  conversation: Uuid;
  position: number;
  /** The range of the further wait; both zero when nobody is on shift and only the promise counts. */
  low_s: number;
  high_s: number;
  as_of: Iso;
  alternatives: Option[];
  rising_reason?: string | null;
}

export interface TypingFrame {
  t: "typing";
  conversation: Uuid;
  who: "agent" | "bot" | "customer";
  on: boolean;
}

export interface ReadFrame {
  t: "read";
  conversation: Uuid;
  who: "agent" | "customer";
  seq: number;
}

export interface RefusedFrame {
  t: "refused";
  id?: Uuid | null;
  code: string;
  text: string;
  retry_after_s?: number | null;
  details?: Record<string, unknown>;
}

export type ServerFrame =
  | { t: "welcome"; person: Person; locale: Lang }
  | AckFrame
  | ItemsFrame
  | { t: "state"; conversation: Uuid; state: State }
  | QueueFrame
  | TypingFrame
  | ReadFrame
  | RefusedFrame
  | { t: "pong" };

// -------------------------------------------------------------- customer's REST

export interface Person {
  kind: "customer" | "anonymous";
  name: string | null;
}

/** What the wallet app told us when it opened the chat. */
export interface Context {
  transaction_id?: Uuid | null;
  page?: string | null;
  [key: string]: unknown;
}

export interface SessionRequest {
  token: string | null;
  locale?: Lang;
}

export interface Session {
  session: string;
  person: Person;
  locale: Lang;
  large_type: boolean;
  context: Context | null;
  conversation: { id: Uuid; state: ConversationState; last_seq: number } | null;
  expires_at: Iso;
}

export interface ItemsAnswer {
  items: Item[];
  state: State;
  more?: boolean;
}

export interface Attachment {
  attachment_id: Uuid;
  width: number;
  height: number;
}

export interface Rating {
  score: number;
  reasons: string[];
  comment?: string;
}

/** Every expected "no" in every door has this shape. */
export interface ApiError {
  code: string;
  text: string;
  field?: string;
  details?: Record<string, unknown>;
}

// --------------------------------------------------------------- staff: REST

export type Presence = "online" | "busy" | "break" | "offline";
export type InboxBox = "mine" | "unassigned" | "all" | "resolved";

export interface StaffMe {
  id: Uuid;
  name: string;
  roles: string[];
  lang: Lang;
  skills: string[];
  capacity: number;
  presence: Presence;
}

/** One line of the agent's inbox. */
export interface InboxRow {
  id: Uuid;
  customer_name: string;
  locale: Lang;
  large_type: boolean;
  state: ConversationState;
  owner_kind: Owner;
  owner_id: Uuid | null;
  owner_name: string | null;
  skill: string | null;
  priority_class: number;
  level: number;
  due_at: Iso | null;
  owed_since: Iso | null;
  waiting_since: Iso | null;
  last_text: string;
  last_at: Iso;
  unread: number;
  subject: string | null;
  symptom: string | null;
  verdict: string | null;
}

export interface InboxAnswer {
  rows: InboxRow[];
  next: string | null;
  counts: { mine: number; unassigned: number; all: number };
}

export interface Suggestion {
  id: string;
  text: string;
}

export interface DeskConversation {
  row: InboxRow;
  items: Item[];
  more: boolean;
  state: State;
  suggestions: Suggestion[];
}

export interface CustomerFacts {
  customer: {
    id: Uuid;
    name: string;
    tier: string;
    phone_masked: string;
    large_type: boolean;
    since: Iso;
  };
  accounts: WalletAccount[];
  restrictions: UnknownBody[];
  transactions: WalletTransaction[];
  history: { id: Uuid; opened_at: Iso; subject: string | null; state: ConversationState }[];
  /** Since when the wallet has not answered: what is shown of it was said then. */
  stale_since?: Iso | null;
}

export interface DeskFinding {
  finding_id: Uuid;
  symptom: string;
  verdict: string;
  at: Iso;
  /** What a member of the staff should know, who may read the true reason. */
  summary: string;
  card: FindingCard;
  facts: { name: string; value: unknown; record: string | null; source?: string }[];
  remedies: (string | UnknownBody)[];
}

export interface AgentPresence {
  id: Uuid;
  name: string;
  presence: Presence;
  load: number;
  capacity: number;
}

// ------------------------------------------------------- staff's socket frames

export type StaffFrame =
  | { t: "watch"; conversation: Uuid; since: number }
  | { t: "unwatch"; conversation: Uuid }
  | StaffSayFrame
  | { t: "read"; conversation: Uuid; seq: number }
  | { t: "typing"; conversation: Uuid; on: boolean }
  | { t: "heartbeat" }
  | { t: "presence"; presence: Presence }
  | { t: "ping" };

export interface StaffSayFrame {
  t: "say";
  id: Uuid;
  conversation: Uuid;
  kind: "text" | "note" | "photo";
  text: string;
  then: "wait_customer" | "wait_third";
  until?: Iso;
  seen_seq: number;
  body?: PhotoBody;
}

export type StaffServerFrame =
  | AckFrame
  | ItemsFrame
  | { t: "state"; conversation: Uuid; state: State }
  | TypingFrame
  | ReadFrame
  | RefusedFrame
  | { t: "inbox"; row: InboxRow }
  | { t: "offer"; conversation: Uuid; row: InboxRow; expires_at: Iso }
  | { t: "presence"; agents: AgentPresence[] }
  | { t: "pong" };

// ---------------------------------------------------------------- demo wallet

export interface WalletAccount {
  id: Uuid;
  currency: string;
  posted_minor: number;
  held_minor: number;
  available_minor: number;
  as_of?: Iso;
}

export interface WalletTransaction {
  id: Uuid;
  kind: string;
  name: string;
  amount: Money;
  sign: "-" | "+";
  at: Iso;
  state: string;
  order_no: string | null;
  /** Why it did not succeed, in the reader's language. */
  reason?: string | null;
}

/** GET /api/wallet/me */
export interface WalletMe {
  id: Uuid;
  name: string;
  phone_masked: string;
  tier: string;
  locale: Lang;
  large_type: boolean;
}

/** GET /api/wallet/transactions: newest first; `next` goes into `before`. */
export interface WalletTransactions {
  transactions: WalletTransaction[];
  next: string | null;
}

/** GET /api/wallet/payees -> { payees, banks }: whom this customer may send to, and his own bank accounts. */
export interface WalletPayee {
  id: string;
  name: string;
  phone_masked: string | null;
  bank?: string | null;
  account_tail?: string | null;
}

export interface WalletBank {
  id: string;
  name: string;
  account_tail?: string | null;
}

/** GET /api/wallet/merchants -> { merchants } */
export interface WalletMerchant {
  id: string;
  name: string;
  state: string;
}

/** POST /api/wallet/payments, /transfers, /top-ups answer with the transaction; the id makes a repetition safe. */
export interface PaymentRequest {
  id: Uuid;
  merchant_id: string;
  amount_minor: number;
  source?: "balance" | "card";
}

export type ArrivalMode = "instant" | "ordinary" | "next_day";

export interface TransferRequest {
  id: Uuid;
  payee_id?: string;
  payee_phone?: string;
  bank_account?: string;
  name: string;
  amount_minor: number;
  mode: ArrivalMode;
}

export interface TopUpRequest {
  id: Uuid;
  bank: string;
  amount_minor: number;
}

/** GET /api/announcements -> { announcements }: what is disturbed or planned, for everybody; incidents first. */
export interface Announcement {
  id: Uuid;
  kind: "maintenance" | "incident";
  phase: "planned" | "now" | "late" | "ended";
  title: string;
  text: string;
  starts_at: Iso;
  expected_end: Iso | null;
  next_news_at: Iso | null;
  ended_at: Iso | null;
  news: { at: Iso; text: string }[];
}

/** GET /api/demo/personas -> { personas }: whom one can be, and what to try as him. */
export interface DemoPersona {
  persona: string;
  name: string;
  title: string;
  hint: string;
  /** What he would write in the chat. */
  say: string;
  locale: Lang;
  large_type: boolean;
}

/** GET|POST /api/demo/faults: what goes wrong with this customer's orders from now on, and what could. */
export interface DemoFaults {
  fault: string;
  faults: { fault: string; title: string; hint: string }[];
}

/** POST /api/demo/play { fault }: one anomaly, at once; the transaction to ask about. */
export interface DemoPlayed {
  transaction_id: Uuid;
}
