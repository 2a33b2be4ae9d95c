import { describe, expect, it } from "vitest";

import { newId } from "../proto/src/ids.ts";
import { clockText, dayKey, whenText } from "../proto/src/times.ts";

describe("an id of the client", () => {
  it("is a UUIDv7 whose order is its time", () => {
    const early = newId(1_700_000_000_000);
    const late = newId(1_700_000_000_001);
    expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(early < late).toBe(true);
    expect(Number.parseInt(early.replace("-", "").slice(0, 12), 16)).toBe(1_700_000_000_000);
  });

  it("is never made twice", () => {
    const ids = new Set(Array.from({ length: 20_000 }, () => newId(1)));
    expect(ids.size).toBe(20_000);
  });
});

describe("a time", () => {
  const now = new Date(2026, 10, 25, 16, 0);
  const local = (day: number, hour: number, minute: number) => new Date(2026, 10, day, hour, minute).toISOString();

  it("is a clock today, with a day before", () => {
    expect(whenText(local(25, 9, 5), "zh", now)).toBe("09:05");
    expect(whenText(local(24, 9, 5), "zh", now)).toBe("昨天 09:05");
    expect(whenText(local(24, 9, 5), "en", now)).toBe("Yesterday 09:05");
    expect(whenText(local(20, 9, 5), "zh", now)).toBe("11月20日 09:05");
    expect(clockText(local(25, 0, 0), "en")).toBe("00:00");
  });

  it("belongs to the reader's day", () => {
    expect(dayKey(local(25, 23, 59))).toBe("2026-11-25");
    expect(dayKey(local(26, 0, 0))).toBe("2026-11-26");
  });
});
