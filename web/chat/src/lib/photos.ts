/** Photos: made small and bare on the device (no place, no camera data), sent with progress, stoppable. */

import { newId } from "@walletdesk/proto/ids";
import type { Attachment, Uuid } from "@walletdesk/proto/protocol";

import type { Desk } from "./desk.ts";
import type { Upload } from "./model.ts";

const LONGEST_SIDE_PX = 1_600;
const QUALITY = 0.8;

/** The picture again as a JPEG of at most 1600 px; drawing it anew leaves EXIF and GPS behind. */
export async function smaller(file: Blob): Promise<{ blob: Blob; width: number; height: number }> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d")!;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob) throw new Error("encode");
  return { blob, width: canvas.width, height: canvas.height };
}

interface Running {
  blob: Blob;
  request: XMLHttpRequest | null;
}

/** Pictures of this page by attachment, so that one's own photo need not come back over the line. */
export const localPhotos = new Map<Uuid, string>();
const running = new Map<Uuid, Running>();

function change(desk: Desk, id: Uuid, to: Partial<Upload> | null): void {
  const { uploads } = desk.store.get();
  const next = uploads.flatMap((u) => (u.id !== id ? [u] : to === null ? [] : [{ ...u, ...to }]));
  desk.store.set({ uploads: next });
}

/** Shows the photo in the log and sends it. */
export function sendPhoto(desk: Desk, blob: Blob): void {
  const id = newId();
  const upload: Upload = { id, url: URL.createObjectURL(blob), progress: 0, error: null };
  running.set(id, { blob, request: null });
  desk.store.set({ uploads: [...desk.store.get().uploads, upload] });
  retryPhoto(desk, id);
}

export function retryPhoto(desk: Desk, id: Uuid): void {
  const job = running.get(id);
  if (!job) return;
  change(desk, id, { progress: 0, error: null });
  const request = new XMLHttpRequest();
  job.request = request;
  request.open("POST", "/api/chat/attachments");
  request.setRequestHeader("Authorization", `Bearer ${desk.session}`);
  request.setRequestHeader("Accept-Language", document.documentElement.lang);
  request.responseType = "json";
  request.upload.onprogress = (e) => change(desk, id, { progress: e.total ? e.loaded / e.total : 0 });
  request.onerror = () => change(desk, id, { error: "" });
  request.onload = () => {
    if (request.status >= 300) change(desk, id, { error: (request.response as { text?: string } | null)?.text ?? "" });
    else uploaded(desk, id, request.response as Attachment);
  };
  const form = new FormData();
  form.append("file", job.blob, "photo.jpg");
  request.send(form);
}

function uploaded(desk: Desk, id: Uuid, { attachment_id, width, height }: Attachment): void {
  const upload = desk.store.get().uploads.find((u) => u.id === id);
  if (upload) localPhotos.set(attachment_id, upload.url);
  change(desk, id, null);
  running.delete(id);
  desk.post({ kind: "photo", text: "", body: { attachment_id, width, height } });
}

export function cancelPhoto(desk: Desk, id: Uuid): void {
  running.get(id)?.request?.abort();
  running.delete(id);
  const upload = desk.store.get().uploads.find((u) => u.id === id);
  if (upload) URL.revokeObjectURL(upload.url);
  change(desk, id, null);
}
