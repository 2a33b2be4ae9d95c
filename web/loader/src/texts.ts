/** The few words on the site's own page; the type holds both languages to the same keys. */

export interface Words {
  open: string;
  close: string;
  frame: string;
}

export const WORDS: Record<"zh" | "en", Words> = {
  zh: { open: "联系客服", close: "收起客服", frame: "客服会话" },
  en: { open: "Contact support", close: "Close support", frame: "Support conversation" },
};
