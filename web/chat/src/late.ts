/** Everything the first screen can do without: heavy cards, queue, photos, sheets; one request, fetched when idle. */

import { addTexts } from "./lib/texts.ts";
import { addIcons } from "./parts/icons.tsx";
import { LATE_ICONS } from "./parts/late-icons.ts";
import styles from "./styles/late.css?url";
import en from "./texts/en.late.json";
import zh from "./texts/zh.late.json";

addTexts("zh", zh);
addTexts("en", en);
addIcons(LATE_ICONS);

/** Resolves when the style sheet is there: nothing is shown unstyled. */
export const ready = new Promise<void>((done) => {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: styles });
  link.onload = link.onerror = () => done();
  document.head.append(link);
});

export { looksSecret } from "./lib/secrets.ts";
export { Article } from "./cards/article.tsx";
export { Finding } from "./cards/finding.tsx";
export { Picker } from "./cards/picker.tsx";
export { RatingFaces } from "./cards/rating.tsx";
export { Safety } from "./cards/safety.tsx";
export { DeadEnd } from "./parts/dead-end.tsx";
export { Notices } from "./parts/notices.tsx";
export { Photo } from "./parts/photo.tsx";
export { QueueCard } from "./parts/queue.tsx";
export { SheetView } from "./parts/sheet.tsx";
export { UploadRow } from "./parts/uploads.tsx";
