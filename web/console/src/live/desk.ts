/** Starts and ends everything live, with the session. */
import type { StaffMe } from "../api/types";
import { forgetInbox, listenInbox } from "./inbox";
import { listenOffers, offers } from "./offers";
import { colleagues, listenPresence, loadColleagues, myPresence, startPulse, stopPulse } from "./presence";
import { closeOutbox, listenSaying, openOutbox } from "./say";
import { askWhoIAm, session } from "./session";
import { forgetThreads, listenThreads } from "./threads";
import { closeLine, openLine } from "./wire";

let startedFor: string | null = null;

function start(me: StaffMe): void {
  if (startedFor === me.id) return;
  stop();
  startedFor = me.id;
  myPresence.set(me.presence);
  openOutbox(me.id);
  openLine(() => void askWhoIAm());
  startPulse();
  void loadColleagues();
}

function stop(): void {
  if (startedFor === null) return;
  startedFor = null;
  stopPulse();
  closeLine();
  closeOutbox();
  forgetInbox();
  forgetThreads();
  offers.set([]);
  colleagues.set([]);
}

export function runDesk(): void {
  listenOffers();
  listenInbox();
  listenThreads();
  listenSaying();
  listenPresence();
  const follow = () => {
    const now = session.get();
    if (now.is === "in") start(now.me);
    else if (now.is !== "asking") stop();
  };
  session.subscribe(follow);
  follow();
}
