/** Text of people and bot: text nodes only, line breaks kept, links to known hosts only. */

import { useTexts } from "../lib/texts.ts";
import { leavePage } from "./leave.ts";

const LINK = /(https?:\/\/[^\s<>"'，。；、！？）》」]+)/g;

/** Hosts that are ours: the page's own. Every other link asks before it is followed. */
export function isOfficial(address: string): boolean {
  try {
    return new URL(address).host === location.host;
  } catch {
    return false;
  }
}

export function Linked({ text }: { text: string }) {
  const { t } = useTexts();
  const pieces = text.split(LINK);
  return (
    <>
      {pieces.map((piece, index) => {
        if (index % 2 === 0) return piece;
        if (isOfficial(piece)) return <a href={piece}>{piece}</a>;
        return (
          <button type="button" class="link" onClick={(e) => leavePage(piece, e.currentTarget)}>
            {piece} <span class="unofficial">({t("link.unofficial")})</span>
          </button>
        );
      })}
    </>
  );
}
