/** Parts that come when they are needed; until then (or if they cannot come) what is said instead. */

import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

type Late = typeof import("../late.ts");
type PropsOf<N extends keyof Late> = Late[N] extends (props: infer P) => unknown ? P : never;

let late: Late | null = null;

/** Fetches the later parts once; a failed fetch may be repeated. */
export async function fetchLate(): Promise<Late> {
  const parts = await import("../late.ts");
  await parts.ready;
  late = parts;
  return parts;
}

/** What the later parts know, once they are here. */
export function lateParts(): Late | null {
  return late;
}

export function lazy<N extends Exclude<keyof Late, "ready" | "looksSecret">>(name: N) {
  return function Lazy(props: PropsOf<N> & { instead?: ComponentChildren }) {
    const [, render] = useState({});
    const Part = late?.[name] as ComponentType<PropsOf<N>> | undefined;
    useEffect(() => {
      // What this drew counts, not what has come since: else it would never draw again.
      if (Part) return;
      const attempt = () => void fetchLate().then(() => render({}), () => {});
      attempt();
      addEventListener("online", attempt);
      return () => removeEventListener("online", attempt);
    }, []);
    return Part ? <Part {...props} /> : <>{props.instead}</>;
  };
}
