import { api, ApiError } from "../../shared/api.ts";
import { nameOfDesk } from "./desk.ts";
import type { LegState } from "./legDeed.ts";

/**
 * The operator's own piece of the call: microphone to the server, the client's voice to the ear.
 * One at a time, at one desk: the server knows which has it, so that a second one, in whatever browser, stands aside.
 */
export const deskName = nameOfDesk(sessionStorage, window);

const listeners = new Set<() => void>();
let state: LegState = "none";
let callId: string | null = null;
let peer: RTCPeerConnection | null = null;
let microphone: MediaStream | null = null;
let attempts = 0;
let retry: ReturnType<typeof setTimeout> | null = null;
const speaker = new Audio();
speaker.autoplay = true;

export const legState = () => state;
export const legCall = () => callId;
export const onLeg = (listener: () => void) => { listeners.add(listener); return () => { listeners.delete(listener); }; };
function become(next: LegState): void {
  state = next;
  for (const listener of listeners) listener();
}

/** Asked once when going ready, so that the first call is not answered by a permission question. */
export async function askForMicrophone(): Promise<boolean> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const track of stream.getTracks()) track.stop();
    return true;
  } catch {
    return false;
  }
}

/** G.711 first: what the trunk speaks, so the server passes frames on without transcoding. */
function preferG711(connection: RTCPeerConnection): void {
  const known = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
  const g711 = known.filter((codec) => /PCM[UA]$/i.test(codec.mimeType));
  const events = known.filter((codec) => /telephone-event$/i.test(codec.mimeType));
  if (g711.length > 0) for (const transceiver of connection.getTransceivers()) transceiver.setCodecPreferences([...g711, ...events]);
}

/** All candidates ride in the offer; a second is enough for a company network, more would be heard as silence. */
function gathered(connection: RTCPeerConnection): Promise<void> {
  if (connection.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((done) => {
    const late = setTimeout(done, 1000);
    connection.addEventListener("icegatheringstatechange", () => {
      if (connection.iceGatheringState !== "complete") return;
      clearTimeout(late);
      done();
    });
  });
}

/** Opens the microphone and returns our SDP offer; `finish` takes the server's answer. */
export async function openLeg(): Promise<string> {
  closePeer();
  become("connecting");
  try {
    microphone = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
    const connection = new RTCPeerConnection();
    peer = connection;
    connection.addEventListener("track", (event) => { speaker.srcObject = event.streams[0] ?? new MediaStream([event.track]); void speaker.play().catch(() => undefined); });
    connection.addEventListener("connectionstatechange", () => { if (peer === connection) watch(connection); });
    for (const track of microphone.getAudioTracks()) connection.addTrack(track, microphone);
    preferG711(connection);
    await connection.setLocalDescription(await connection.createOffer());
    await gathered(connection);
    return connection.localDescription?.sdp ?? "";
  } catch (error) {
    closeLeg();
    throw error;
  }
}

export async function finishLeg(call: string, answer: string): Promise<void> {
  callId = call;
  await peer?.setRemoteDescription({ type: "answer", sdp: answer });
}

function watch(connection: RTCPeerConnection): void {
  if (connection.connectionState === "connected") {
    attempts = 0;
    performance.mark("desk:leg-up");
    become("up");
  }
  // "disconnected" often heals within seconds; "failed" never does.
  if (connection.connectionState === "failed") again();
}

/** Another try at the same live call, each a little later than the last. */
function again(): void {
  if (!callId) return;
  become("lost");
  if (retry) clearTimeout(retry);
  retry = setTimeout(() => { if (callId) void attachLeg(callId); }, Math.min(8000, 400 * 2 ** attempts++));
}

/** Brings the audio back to a live call, after a reload or a lost network; stands aside where another desk has it. */
export async function attachLeg(call: string): Promise<void> {
  callId = call;
  let opened: RTCPeerConnection | null = null;
  try {
    const sdp = await openLeg();
    opened = peer;
    callId = call;
    const reply = await api("attachLeg", { params: { id: call }, body: { sdp, desk: deskName } });
    await finishLeg(call, reply.sdp);
  } catch (error) {
    if (isRefused(error, "leg_elsewhere")) return leaveLeg(call);
    // The call ended meanwhile: nothing to come back to, and the microphone must not stay open.
    if (isOver(error)) {
      // Unless the next call has it already.
      if (peer === opened) closeLeg();
      return;
    }
    callId = call;
    again();
  }
}

const isRefused = (error: unknown, code: string): boolean => error instanceof ApiError && error.problem.code === code;
const isOver = (error: unknown): boolean => isRefused(error, "call_over") || (error instanceof ApiError && error.problem.status === 404);

/** Takes the sound from the desk that has it; `open` is `openLeg`, with a refusal one can read. */
export async function takeLeg(call: string, open: () => Promise<string>): Promise<void> {
  try {
    const sdp = await open();
    const reply = await api("attachLeg", { params: { id: call }, body: { sdp, desk: deskName, take: true } });
    await finishLeg(call, reply.sdp);
  } catch (problem) {
    leaveLeg(call);
    throw problem;
  }
}

/** Another desk has the sound of this call: this one is silent and asks for nothing. */
export function leaveLeg(call: string): void {
  closePeer();
  callId = call;
  attempts = 0;
  become("elsewhere");
}

export function muteMicrophone(muted: boolean): void {
  for (const track of microphone?.getAudioTracks() ?? []) track.enabled = !muted;
}

function closePeer(): void {
  if (retry) clearTimeout(retry);
  retry = null;
  const closing = peer;
  peer = null;
  closing?.close();
  for (const track of microphone?.getTracks() ?? []) track.stop();
  microphone = null;
  speaker.srcObject = null;
}

export function closeLeg(): void {
  closePeer();
  callId = null;
  attempts = 0;
  if (state !== "none") become("none");
}
