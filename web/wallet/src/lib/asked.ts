/** Something asked of the server: what is here already is shown at once and asked for anew. */

import { ApiRefusal } from "@walletdesk/parts/http";
import { useEffect, useState } from "preact/hooks";

import { heard } from "./session.ts";

export interface Asked<T> {
  data: T | null;
  error: ApiRefusal | null;
  /** When `data` came, for saying how old it is. */
  at: string | null;
  again: () => Promise<void>;
}

interface Kept {
  data: unknown;
  at: string;
}

const kept = new Map<string, Kept>();

export function forgetAll(): void {
  kept.clear();
}

export function useAsked<T>(key: string, ask: () => Promise<T>): Asked<T> {
  const [, render] = useState({});
  const [failed, fail] = useState<{ key: string; error: ApiRefusal } | null>(null);
  const again = async () => {
    try {
      kept.set(key, { data: await ask(), at: new Date().toISOString() });
      fail(null);
      render({});
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      heard(error);
      fail({ key, error });
    }
  };
  useEffect(() => {
    void again();
    const retry = () => void again();
    addEventListener("online", retry);
    return () => removeEventListener("online", retry);
  }, [key]);
  const found = kept.get(key);
  return {
    data: (found?.data ?? null) as T | null,
    error: failed?.key === key ? failed.error : null,
    at: found?.at ?? null,
    again,
  };
}
