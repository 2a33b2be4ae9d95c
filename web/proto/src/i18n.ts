/** Texts of one app: flat JSON per language, `{0}` for arguments, `{0|one|other}` for plurals. */

export type Catalogue = Record<string, string>;
export type Translate = (key: string, ...args: (string | number)[]) => string;

/** `{0}` gives the argument; `{0|minute|minutes}` picks by the first argument being 1. */
export function fill(text: string, args: (string | number)[]): string {
  return text.replace(/\{(\d)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, index, one, other) => {
    const value = args[Number(index)] ?? "";
    return one === undefined ? String(value) : Number(value) === 1 ? one : other;
  });
}

/** A translator for one catalogue. A missing key shows itself instead of an empty line. */
export function translator(catalogue: Catalogue): Translate {
  return (key, ...args) => fill(catalogue[key] ?? key, args);
}

/** Keys that only one of two catalogues has, and texts whose arguments differ. */
export function differences(a: Catalogue, b: Catalogue): string[] {
  const marks = (text: string) => [...new Set(text.match(/\{\d/g) ?? [])].sort().join();
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].filter((key) => {
    const left = a[key];
    const right = b[key];
    return left === undefined || right === undefined || marks(left) !== marks(right);
  });
}
