/** Line icons, 24 px grid, coloured by the text around them; always beside words or a label. */

const PATHS = {
  home: "M4 11.5 12 4.5l8 7V20h-5.5v-5h-5v5H4z",
  bills: "M6 3.5h12v17l-2-1.25-2 1.25-2-1.25-2 1.25-2-1.25-2 1.25zM9 8.5h6M9 12.5h6",
  support: "M4 13v-1a8 8 0 0 1 16 0v1M4 13a2 2 0 0 1 2-2h1v7H6a2 2 0 0 1-2-2zm16 0a2 2 0 0 0-2-2h-1v7h1a2 2 0 0 0 2-2zm-1 5c0 2-2 3-5 3",
  me: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.5 20c.5-4 3.5-6 7.5-6s7 2 7.5 6",
  pay: "M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8m8 0h2.5A1.5 1.5 0 0 1 20 5.5V8m0 8v2.5a1.5 1.5 0 0 1-1.5 1.5H16m-8 0H5.5A1.5 1.5 0 0 1 4 18.5V16M4 12h16",
  transfer: "M4 9h15l-4-4m5 10H5l4 4",
  top_up: "M4 7.5A2.5 2.5 0 0 1 6.5 5H18v3M4 7.5V17a2.5 2.5 0 0 0 2.5 2.5H20V8H6.5M12 11v5m-2.5-2.5h5",
  back: "m14.5 5-7 7 7 7",
  next: "m9.5 5 7 7-7 7",
  check: "m5 12.5 4.5 4.5L19 7.5",
  cross: "M7 7l10 10M17 7 7 17",
  clock: "M12 7v5l3 2M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z",
  alert: "M12 4 2.5 20h19zM12 10v4.5m0 2.75h.01",
  flask: "M9.5 3.5h5M10.5 3.5v6L5 19.5h14l-5.5-10v-6M7.5 15h9",
  back_key: "M9 6h11v12H9l-5.5-6zM12.5 9.5l4 5m0-5-4 5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 1.25 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={`${size}em`} height={`${size}em`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
