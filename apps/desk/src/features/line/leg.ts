import { api } from "../../shared/api.ts";

/**
 * The operator's own piece of the call: microphone to the server, the client's voice to the ear.
 * One at a time, in one tab: a Web Lock keeps a second tab of the same desk from taking the audio away.
 */
export type LegState = "none" | "connecting" | "up" | "lost";

const listeners = new Set<() => void>();
let state: LegState = "none";
let callId: string | null = null;
let peer: RTCPeerConnection | null = null;
let microphone: MediaStream | null = null;
let releaseLock: (() => void) | null = null;
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
  holdLock();
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

/** Brings the audio back to a live call: after a reload, a lost network, a change of machine. */
export async function attachLeg(call: string): Promise<void> {
  callId = call;
  try {
    const sdp = await openLeg();
    callId = call;
    const reply = await api("attachLeg", { params: { id: call }, body: { sdp } });
    await finishLeg(call, reply.sdp);
  } catch {
    callId = call;
    again();
  }
}

/** Attaches only if no other tab of this desk has the audio; returns whether this tab took it. */
export async function attachIfFree(call: string): Promise<boolean> {
  if (!("locks" in navigator)) return attachLeg(call).then(() => true);
  const free = await navigator.locks.query().then((all) => !all.held?.some((each) => each.name === lockName));
  if (free) await attachLeg(call);
  return free;
}

const lockName = "linija:leg";
function holdLock(): void {
  if (releaseLock || !("locks" in navigator)) return;
  void navigator.locks.request(lockName, { ifAvailable: true }, (lock) => (lock ? new Promise<void>((release) => { releaseLock = release; }) : undefined));
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
  releaseLock?.();
  releaseLock = null;
  if (state !== "none") become("none");
}
