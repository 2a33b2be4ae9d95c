import type { Upload } from "../lib/model.ts";
import { cancelPhoto, retryPhoto } from "../lib/photos.ts";
import { useTexts } from "../lib/texts.ts";
import { useDesk } from "./desk.ts";

/** A photo on its way: how far, stop, or what went wrong and try again. */
export function UploadRow({ upload }: { upload: Upload }) {
  const { t } = useTexts();
  const desk = useDesk();
  const percent = Math.round(upload.progress * 100);
  return (
    <div class="row mine">
      <div class="bubble photo">
        <img src={upload.url} alt={t("photo.yours")} />
      </div>
      {upload.error === null ? (
        <p class="mark">
          <progress max={100} value={percent} aria-label={t("photo.sending")} /> {percent}%
          <button type="button" class="link" onClick={() => cancelPhoto(desk, upload.id)}>
            {t("cancel")}
          </button>
        </p>
      ) : (
        <p class="mark failed" role="alert">
          {upload.error || t("photo.failed")}
          <button type="button" class="link" onClick={() => retryPhoto(desk, upload.id)}>
            {t("retry")}
          </button>
          <button type="button" class="link" onClick={() => cancelPhoto(desk, upload.id)}>
            {t("cancel")}
          </button>
        </p>
      )}
    </div>
  );
}
