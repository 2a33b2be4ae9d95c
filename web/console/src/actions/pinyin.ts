/** First letters of Chinese words, from the browser's own pinyin order: no table of ours. */

const LETTERS = "ABCDEFGHJKLMNOPQRSTWXYZ";
/** The first character of each letter in pinyin order. */
const FIRSTS = "阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀";
const order = new Intl.Collator("zh-CN-u-co-pinyin");

function initial(character: string): string {
  if (!/[\u4e00-\u9fff]/.test(character)) return character;
  let found = "";
  for (let i = 0; i < FIRSTS.length; i++) {
    if (order.compare(FIRSTS.charAt(i), character) > 0) break;
    found = LETTERS.charAt(i);
  }
  return found.toLowerCase();
}

export function initials(text: string): string {
  return [...text].map(initial).join("");
}
