/** Line icons, 24 px grid, coloured by the text around them; always beside words or a label. */

import type { LateIcon } from "./late-icons.ts";

const FIRST = {
  person: "M4 13v-1a8 8 0 0 1 16 0v1M4 13a2 2 0 0 1 2-2h1v7H6a2 2 0 0 1-2-2zm16 0a2 2 0 0 0-2-2h-1v7h1a2 2 0 0 0 2-2zm-1 5c0 2-2 3-5 3",
  type: "M3 19 8.5 5h1L15 19M5 14.5h8M16.5 19l2.75-8h.5L22.5 19m-5-2.5h4",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M5 12h13m-6-6.5 6.5 6.5-6.5 6.5",
  check: "m5 12.5 4.5 4.5L19 7.5",
  shield: "M12 3l7.5 2.5V12c0 4.5-3 7.5-7.5 9-4.5-1.5-7.5-4.5-7.5-9V5.5zM8.5 12l2.5 2.5 4.5-5",
  next: "M4 12h15m-5.5-5.5L19 12l-5.5 5.5",
  down: "M12 5v14m-6-6 6 6 6-6",
  alert: "M12 4 2.5 20h19zM12 10v4.5m0 2.75h.01",
  camera: "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 10a3.25 3.25 0 1 1 0 6.5 3.25 3.25 0 0 1 0-6.5z",
} as const;

export type IconName = keyof typeof FIRST | LateIcon;

const paths: Partial<Record<IconName, string>> = FIRST;

/** The icons of the later parts come with them. */
export function addIcons(more: Record<LateIcon, string>): void {
  Object.assign(paths, more);
}

export function Icon({ name, size = 1.25 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={`${size}em`} height={`${size}em`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
