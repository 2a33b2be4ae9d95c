import { describe, expect, it } from "vitest";

import { exponent, minorFromText, moneyText, signedText } from "../proto/src/money.ts";

describe("money", () => {
  it("is written from minor units, exactly, with the digits of its currency", () => {
    expect(moneyText({ minor: 2800, currency: "CNY" }, "zh")).toBe("¥28.00");
    expect(moneyText({ minor: 1, currency: "CNY" }, "en")).toBe("¥0.01");
    expect(moneyText({ minor: 123_456_789, currency: "CNY" }, "zh")).toBe("¥1,234,567.89");
    expect(moneyText({ minor: 500, currency: "JPY" }, "en")).toContain("500");
    expect(exponent("JPY")).toBe(0);
  });

  it("shows its direction by a sign, never by colour alone", () => {
    expect(signedText({ minor: 2800, currency: "CNY" }, "-", "zh")).toBe("−¥28.00");
    expect(signedText({ minor: 2800, currency: "CNY" }, "+", "zh")).toBe("+¥28.00");
  });

  it("reads what somebody keyed in, or says that it is no amount", () => {
    expect(minorFromText("28.5", "CNY")).toBe(2850);
    expect(minorFromText(" 28 ", "CNY")).toBe(2800);
    expect(minorFromText("28.", "CNY")).toBe(2800);
    expect(minorFromText("0.07", "CNY")).toBe(7);
    for (const no of ["", "28.505", "-1", "1e3", "1,000", "abc", "1".repeat(13)]) {
      expect(minorFromText(no, "CNY"), no).toBeNull();
    }
    expect(minorFromText("5.0", "JPY")).toBeNull();
  });

  it("survives every amount there and back", () => {
    const amounts = Array.from({ length: 100_000 }, (_, minor) => minor);
    expect(amounts.filter((minor) => minorFromText((minor / 100).toFixed(2), "CNY") !== minor)).toEqual([]);
  });
});
