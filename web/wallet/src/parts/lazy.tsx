/** Screens that come when they are needed; until then bones, and a way to try again. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Problem, Skeleton } from "./states.tsx";

type Late = typeof import("../late.ts");
type Name = Exclude<keyof Late, "ready">;
type PropsOf<N extends Name> = Late[N] extends (props: infer P) => unknown ? P : never;

let late: Late | null = null;

/** Fetches the later screens once; a failed fetch may be repeated. */
export async function fetchLate(): Promise<Late> {
  const parts = await import("../late.ts");
  await parts.ready;
  late = parts;
  return parts;
}

export function lazy<N extends Name>(name: N) {
  return function Lazy(props: PropsOf<N> & {}) {
    const [failed, setFailed] = useState(false);
    const [, render] = useState({});
    const attempt = () => {
      setFailed(false);
      fetchLate().then(
        () => render({}),
        () => setFailed(true),
      );
    };
    const Part = late?.[name] as ComponentType<PropsOf<N>> | undefined;
    useEffect(() => {
      // What this drew counts, not what has come since: else it would never draw again.
      if (!Part) attempt();
    }, []);
    if (Part) return <Part {...props} />;
    return failed ? <Problem error={null} retry={attempt} /> : <Skeleton />;
  };
}
