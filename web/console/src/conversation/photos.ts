/** A photo from the agent: made smaller here, which also drops where and with what it was taken. */
import * as desk from "../api/desk";
import { say } from "../live/say";

const SIDE_MAX_PX = 1600;
const QUALITY = 0.8;

async function smaller(file: File): Promise<Blob> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return file;
  const scale = Math.min(1, SIDE_MAX_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const made = await new Promise<Blob | null>((settle) => canvas.toBlob(settle, "image/jpeg", QUALITY));
  return made ?? file;
}

/** Store the photo, then say it. What is no picture is left to the server to refuse in words. */
export async function sendPhoto(conversation: string, file: File): Promise<void> {
  const { attachment_id, width, height } = await desk.upload(conversation, await smaller(file));
  const body = { attachment_id, width, height };
  await say({ conversation, kind: "photo", text: "", then: "wait_customer", body });
}
