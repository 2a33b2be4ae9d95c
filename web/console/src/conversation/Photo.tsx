/** A photo of the conversation: fetched with the staff cookie, opened large in a tab of its own. */
import { useState } from "react";
import { useT } from "../texts";

interface Props {
  body: Readonly<{ [key: string]: unknown }>;
  text: string;
  who: string;
}

const BOX_PX = 240;

export function Photo({ body, text, who }: Props) {
  const t = useT();
  const [failed, setFailed] = useState(false);
  const id = String(body["attachment_id"] ?? "");
  const width = Number(body["width"]) || BOX_PX;
  const height = Number(body["height"]) || BOX_PX;
  const scale = Math.min(1, BOX_PX / Math.max(width, height));
  const src = `/api/attachments/${encodeURIComponent(id)}`;
  if (failed || !id) return <p className="quiet">{t("photo.failed")}</p>;
  return (
    <a href={src} target="_blank" rel="noreferrer" className="photo">
      <img
        src={src}
        alt={text || t("photo.from", who)}
        width={Math.round(width * scale)}
        height={Math.round(height * scale)}
        loading="lazy"
        onError={() => setFailed(true)}
      />
    </a>
  );
}
