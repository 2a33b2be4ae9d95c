/** The sheets over the conversation: settings, photo, leaving for a foreign host. Focus goes in and comes back. */

import { prefs, setPrefs, TYPE_SIZES } from "@walletdesk/parts/prefs";
import { useStore } from "@walletdesk/parts/store";
import type { Lang } from "@walletdesk/proto/protocol";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { sendPhoto, smaller } from "../lib/photos.ts";
import { loadTexts, useTexts } from "../lib/texts.ts";
import { useDesk, useModel } from "./desk.ts";
import { Icon } from "./icons.tsx";
import { closeSheet, type Sheet } from "./sheets.ts";

const LANGS: [Lang, string][] = [
  ["zh", "中文"],
  ["en", "English"],
];

function Frame({ title, children }: { title: string; children: ComponentChildren }) {
  const { t } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current!.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby="sheet-title"
      onClose={closeSheet}
      onClick={(e) => e.target === dialog.current && dialog.current!.close()}
    >
      <div class="sheet-in">
        <div class="sheet-head">
          <h2 id="sheet-title">{title}</h2>
          <button type="button" class="round" aria-label={t("close")} onClick={() => dialog.current!.close()}>
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

function Settings() {
  const { t, lang } = useTexts();
  const desk = useDesk();
  const type = useStore(prefs, (p) => p.type);
  const person = useModel((m) => m.person);
  const state = useModel((m) => m.state);
  const resolved = state?.state === "resolved";
  // Whoever waits for a person, or talks with one, does not lose him by asking something else.
  const withPerson = !!state && (!!state.agent_name || ["queued", "offered"].includes(state.state));
  return (
    <Frame title={t("settings")}>
      <p class="mark">{person.kind === "customer" ? t("settings.person", person.name ?? "") : t("settings.visitor")}</p>
      <fieldset class="radios">
        <legend>{t("settings.type")}</legend>
        {TYPE_SIZES.map((size, index) => (
          <label key={size}>
            <input type="radio" name="type" checked={type === size} onChange={() => setPrefs({ type: size })} />
            <span style={{ fontSize: `${size}px` }}>{t(`settings.type.${index}`)}</span>
          </label>
        ))}
      </fieldset>
      <fieldset class="radios">
        <legend>{t("settings.lang")}</legend>
        {LANGS.map(([code, name]) => (
          <label key={code} lang={code}>
            <input type="radio" name="lang" checked={lang === code} onChange={() => void loadTexts(code).then(() => setPrefs({ lang: code }))} />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <div class="buttons">
        {!withPerson && (
          <button
            type="button"
            class={resolved ? "primary" : "plain"}
            onClick={() => {
              closeSheet();
              desk.startOver();
            }}
          >
            {t("settings.new")}
          </button>
        )}
        {person.kind === "customer" && (
          <a class="plain" href="/wallet">
            {t("settings.wallet")}
          </a>
        )}
      </div>
      <p class="mark">{t("settings.safe")}</p>
    </Frame>
  );
}

function Leave({ address }: { address: string }) {
  const { t } = useTexts();
  return (
    <Frame title={t("leave.title")}>
      <p>{t("leave.text")}</p>
      <p class="host">{new URL(address).host}</p>
      <div class="buttons">
        <button type="button" class="primary" onClick={closeSheet}>
          {t("leave.stay")}
        </button>
        <a class="plain" href={address} target="_blank" rel="noopener noreferrer nofollow" onClick={closeSheet}>
          {t("leave.go")}
        </a>
      </div>
    </Frame>
  );
}

type Chosen = { blob: Blob; url: string };

function PhotoSheet() {
  const { t } = useTexts();
  const desk = useDesk();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [problem, setProblem] = useState(false);
  const take = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (!file) return;
    try {
      const { blob } = await smaller(file);
      setChosen({ blob, url: URL.createObjectURL(blob) });
      setProblem(false);
    } catch {
      setProblem(true);
    }
    input.value = "";
  };
  const field = (capture: boolean) => (
    <label class={chosen ? "plain file" : capture ? "plain file" : "primary file"}>
      <input
        type="file"
        accept="image/*"
        {...(capture ? { capture: "environment" as const } : {})}
        onChange={(e) => void take(e.currentTarget)}
      />
      {t(capture ? "photo.camera" : "photo.library")}
    </label>
  );
  return (
    <Frame title={t("photo.title")}>
      <p>{t("photo.text")}</p>
      {problem && <p role="alert">{t("photo.none")}</p>}
      {chosen && <img class="preview" src={chosen.url} alt={t("photo.yours")} />}
      <div class="buttons">
        {chosen && (
          <button
            type="button"
            class="primary"
            onClick={() => {
              closeSheet();
              sendPhoto(desk, chosen.blob);
            }}
          >
            {t("photo.send")}
          </button>
        )}
        {field(false)}
        {field(true)}
      </div>
    </Frame>
  );
}

export function SheetView({ sheet }: { sheet: Sheet }) {
  if (sheet.name === "settings") return <Settings />;
  return sheet.name === "leave" ? <Leave address={sheet.address} /> : <PhotoSheet />;
}
