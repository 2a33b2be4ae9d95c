/** What moves money, sets things up and shows one transaction: one request, fetched when idle or at the first need. */

import { addTexts } from "@walletdesk/parts/texts";

import styles from "./styles/late.css?url";
import en from "./texts/en.late.json";
import zh from "./texts/zh.late.json";

addTexts("zh", zh);
addTexts("en", en);

/** Resolves when the style sheet is there: nothing is shown unstyled. */
export const ready = new Promise<void>((done) => {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: styles });
  link.onload = link.onerror = () => done();
  document.head.append(link);
});

export { Demo } from "./screens/demo.tsx";
export { Me } from "./screens/me.tsx";
export { Move } from "./screens/move.tsx";
export { Result } from "./screens/result.tsx";
export { Transaction } from "./screens/transaction.tsx";
