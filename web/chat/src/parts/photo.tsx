import type { PhotoBody } from "@walletdesk/proto/protocol";
import { useEffect, useState } from "preact/hooks";

import { localPhotos } from "../lib/photos.ts";
import { useTexts } from "../lib/texts.ts";
import { useDesk } from "./desk.ts";

/** A photo of the conversation; fetched with the session, never by an address that could be passed on. */
export function Photo({ body, text }: { body: PhotoBody; text: string }) {
  const { t } = useTexts();
  const desk = useDesk();
  const [url, setUrl] = useState(localPhotos.get(body.attachment_id) ?? null);
  const [failed, setFailed] = useState(false);

  const load = async () => {
    setFailed(false);
    try {
      const headers = { Authorization: `Bearer ${desk.session}` };
      const answer = await fetch(`/api/attachments/${body.attachment_id}`, { headers });
      if (!answer.ok) throw new Error(answer.statusText);
      const made = URL.createObjectURL(await answer.blob());
      localPhotos.set(body.attachment_id, made);
      setUrl(made);
    } catch {
      setFailed(true);
    }
  };
  useEffect(() => {
    if (!url) void load();
  }, []);

  if (failed) {
    return (
      <button type="button" class="link" onClick={() => void load()}>
        {t("photo.reload")}
      </button>
    );
  }
  return (
    <>
      {url ? (
        <a href={url} target="_blank" rel="noreferrer">
          <img src={url} alt={text || t("photo.alt")} width={body.width} height={body.height} />
        </a>
      ) : (
        <i class="bone photo" aria-hidden="true" />
      )}
      {text && <p>{text}</p>}
    </>
  );
}
