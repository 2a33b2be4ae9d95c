/** Numbers that do not belong in a chat: said before they are sent. */

function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** "card" for what passes as a bank card, "identity" for a Chinese identity number, else null. */
export function looksSecret(text: string): "card" | "identity" | null {
  if (/(?<!\d)[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])\d{5}[\dXx](?!\d)/.test(text)) return "identity";
  const runs = text.match(/\d(?:[ -]?\d){12,18}/g) ?? [];
  return runs.some((run) => luhn(run.replace(/[ -]/g, ""))) ? "card" : null;
}
