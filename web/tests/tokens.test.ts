import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import tokens from "../tokens/tokens.json" with { type: "json" };
// @ts-expect-error: a plain script without types
import { css } from "../tokens/src/generate.mjs";

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [r, g, b] = parts.map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const PAIRS = [
  ["text", "bg"], ["text", "card"], ["text", "sunken"], ["muted", "bg"], ["muted", "card"], ["muted", "sunken"],
  ["primary", "card"], ["primary", "bg"], ["on-primary", "primary"], ["on-primary", "primary-strong"],
  ["text", "primary-soft"], ["primary", "primary-soft"], ["success", "success-soft"], ["success", "card"],
  ["warn", "warn-soft"], ["warn", "card"], ["danger", "danger-soft"], ["danger", "card"], ["on-danger", "danger"],
  ["on-mine", "mine"],
] as const;

describe("the tokens", () => {
  it("have the style sheet that is made from them", () => {
    const written = readFileSync(new URL("../tokens/tokens.css", import.meta.url), "utf8");
    expect(written).toBe(css(tokens));
  });

  it.each(["light", "dark"] as const)("can be read in %s: every text at least 4.5 to 1 on what it stands on", (mode) => {
    const colours = tokens.colour[mode];
    const weak = PAIRS.filter(([on, under]) => contrast(colours[on], colours[under]) < 4.5);
    expect(weak.map(([on, under]) => `${on} on ${under}: ${contrast(colours[on], colours[under]).toFixed(2)}`)).toEqual([]);
  });
});
