/** Icons that only the later parts use. */

export const LATE_ICONS = {
  close: "M6 6l12 12M18 6 6 18",
  cross: "M7 7l10 10M17 7 7 17",
  clock: "M12 7v5l3 2M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  save: "M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14",
  queue: "M5 7h14M5 12h9M5 17h5",
} as const;

export type LateIcon = keyof typeof LATE_ICONS;
