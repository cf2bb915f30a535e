import type { Line } from "@linija/server/contract/calls/calls";
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { useT } from "../../i18n/intl.tsx";
import { api, ApiError, type Input } from "../../shared/api.ts";
import { queryClient, refresh, useApi } from "../../shared/query.ts";
import { useRefusal } from "../../shared/toast.tsx";
import { may, useMe } from "../access/session.ts";
import { askForMicrophone, attachLeg, closeLeg, deskName, finishLeg, leaveLeg, legCall, legState, muteMicrophone, onLeg, openLeg, takeLeg } from "./leg.ts";
import { isElsewhere, isLive, legDeed, soundOf } from "./legDeed.ts";
import { askForNotifications, notifyOffer, startRinging, stopRinging, unlockSound, withdrawNotification } from "./ring.ts";

interface LineValue {
  line: Line | undefined;
  error: unknown;
  /** An answer of the server is on its way. */
  busy: boolean;
  /** The end was pressed once; the second press within three seconds hangs up. */
  ending: boolean;
  goTo: (state: "ready" | "not_ready" | "offline", reason?: string | null) => Promise<void>;
  accept: () => Promise<void>;
  decline: () => Promise<void>;
  hold: () => Promise<void>;
  mute: () => Promise<void>;
  end: () => void;
  digits: (digits: string) => Promise<void>;
  device: (device: Line["device"]) => Promise<void>;
  dial: (body: Target) => Promise<boolean>;
  /** Brings the sound of the talk from another desk to this one. */
  takeSound: () => Promise<void>;
  take: (line: Line) => void;
}

type Target = Omit<Input<"dial">["body"], "sdp" | "desk">;
const LineContext = createContext<LineValue | null>(null);
export function useLine(): LineValue {
  const value = use(LineContext);
  if (!value) throw new Error("useLine outside of LineProvider");
  return value;
}
export const useLeg = () => useSyncExternalStore(onLeg, legState);

const take = (line: Line) => queryClient.setQueryData(["getLine", null], line);

export function LineProvider({ children }: { children: ReactNode }) {
  const me = useMe();
  const { data: line, error } = useApi("getLine", null, { refetchInterval: 30_000, staleTime: 0, enabled: may(me, "calls.take") });
  const refuse = useRefusal();
  const [busy, setBusy] = useState(false);
  const deed = useCallback(async (work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    try {
      await work();
      return true;
    } catch (problem) {
      refuse(problem);
      refresh(["getLine"]);
      return false;
    } finally {
      setBusy(false);
    }
  }, [refuse]);
  useAudio(line);
  useSound();
  useRinging(line);
  const { ending, end } = useEnding(line, deed);
  const value = useMemo<LineValue>(() => ({ line, error, busy, ending, end, take, ...deedsOf(line, deed) }), [line, error, busy, ending, end, deed]);
  return <LineContext value={value}>{children}</LineContext>;
}

type Deed = (work: () => Promise<unknown>) => Promise<boolean>;

function deedsOf(line: Line | undefined, deed: Deed) {
  const callId = line?.call?.id ?? "";
  return {
    goTo: async (state: "ready" | "not_ready" | "offline", reason: string | null = null) => {
      if (state === "ready") {
        unlockSound();
        void askForNotifications().then(() => (line?.device === "browser" ? askForMicrophone() : true));
      }
      await deed(async () => take(await api("setState", { body: { state, reason } })));
    },
    accept: async () => { if (line?.offer) await deed(() => answer(line)); },
    decline: async () => {
      const offer = line?.offer;
      if (offer) await deed(async () => { await api("declineOffer", { params: { id: offer.id } }); refresh(["getLine"]); });
    },
    hold: async () => { await deed(async () => take(await api("holdCall", { params: { id: callId }, body: { held: !line?.held } }))); },
    mute: async () => {
      // The microphone first: what the operator says next must not wait for the network.
      muteMicrophone(!line?.muted);
      const done = await deed(async () => take(await api("muteCall", { params: { id: callId }, body: { muted: !line?.muted } })));
      if (!done) muteMicrophone(line?.muted ?? false);
    },
    digits: async (digits: string) => { await deed(() => api("sendDigits", { params: { id: callId }, body: { digits } })); },
    device: async (device: Line["device"]) => { await deed(async () => take(await api("setDevice", { body: { device } }))); },
    dial: (body: Target) => deed(() => callOut(line, body)),
    takeSound: async () => { await deed(() => takeLeg(callId, openMicrophone)); },
  };
}

async function answer(line: Line): Promise<void> {
  const offer = line.offer;
  if (!offer) return;
  stopRinging();
  if (line.device === "phone") return void take((await api("acceptOffer", { params: { id: offer.id }, body: {} })).line);
  const sdp = await openMicrophone();
  try {
    const reply = await api("acceptOffer", { params: { id: offer.id }, body: { sdp, desk: deskName } });
    if (reply.sdp) await finishLeg(offer.interactionId, reply.sdp);
    take(reply.line);
  } catch (problem) {
    closeLeg();
    throw problem;
  }
}

async function callOut(line: Line | undefined, body: Target): Promise<void> {
  const sdp = line?.device === "phone" ? undefined : await openMicrophone();
  try {
    const reply = await api("dial", { body: { ...body, ...(sdp && { sdp, desk: deskName }) } });
    if (reply.sdp && reply.line.call) await finishLeg(reply.line.call.id, reply.sdp);
    take(reply.line);
  } catch (problem) {
    closeLeg();
    throw problem;
  }
}

/** A refused microphone is told like any other refusal: what happened and what to do. */
async function openMicrophone(): Promise<string> {
  try {
    return await openLeg();
  } catch {
    throw new ApiError({ type: "about:blank", status: 409, code: "no_microphone", requestId: "", title: microphoneText.title, detail: microphoneText.detail });
  }
}
const microphoneText = { title: "", detail: "" };

/** Keeps this tab's audio in step with the live call: back after a reload, closed when the call is over. */
function useAudio(line: Line | undefined): void {
  const t = useT();
  microphoneText.title = t("problem.noMicrophone");
  microphoneText.detail = t("problem.noMicrophoneDetail");
  const live = soundOf(line);
  const elsewhere = isElsewhere(line, deskName);
  const known = line !== undefined;
  const offered = line?.offer !== null && line?.offer !== undefined;
  useEffect(() => {
    const deed = legDeed(line, deskName, { state: legState(), call: legCall() });
    if (deed === "attach" && live) void attachLeg(live);
    if (deed === "leave" && live) leaveLeg(live);
    if (deed === "close") closeLeg();
    // Not at every change of the line: one that was asked for before this desk took the sound must not undo it.
  }, [known, live, offered, elsewhere]);
  const muted = line?.muted ?? false;
  useEffect(() => { muteMicrophone(muted); }, [muted, live]);
}

/** After a reload nothing has been pressed yet, and a browser plays no sound before that: any first press will do. */
function useSound(): void {
  useEffect(() => {
    const once = { once: true, capture: true };
    document.addEventListener("pointerdown", unlockSound, once);
    document.addEventListener("keydown", unlockSound, once);
    return () => {
      document.removeEventListener("pointerdown", unlockSound, once);
      document.removeEventListener("keydown", unlockSound, once);
    };
  }, []);
}

function useRinging(line: Line | undefined): void {
  const t = useT();
  const offerId = line?.offer?.id;
  const who = line?.call?.clientName || line?.call?.fromNumber || "";
  const about = line?.call?.queueName ?? "";
  useEffect(() => {
    if (!offerId) return;
    const title = document.title;
    document.title = `☎ ${who || t("offer.title")}`;
    startRinging();
    notifyOffer(t("offer.notice", { who }), about);
    return () => {
      stopRinging();
      withdrawNotification();
      document.title = title;
    };
  }, [offerId, who, about, t]);
}

function useEnding(line: Line | undefined, deed: Deed): { ending: boolean; end: () => void } {
  const [ending, setEnding] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const id = line?.call?.id;
  const live = isLive(line);
  useEffect(() => { if (!live) setEnding(false); }, [live]);
  const end = useCallback(() => {
    if (!id || !live) return;
    if (timer.current) clearTimeout(timer.current);
    if (!ending) {
      setEnding(true);
      timer.current = setTimeout(() => setEnding(false), 3000);
      return;
    }
    setEnding(false);
    void deed(async () => take(await api("hangUp", { params: { id } })));
  }, [id, live, ending, deed]);
  return { ending, end };
}
