export * from "./protocol.ts";
export * from "./ids.ts";
export * from "./i18n.ts";
export * from "./money.ts";
export * from "./outbox.ts";
export * from "./socket.ts";
export * from "./times.ts";
export * from "./transcript.ts";
