/**
 * The one door to media. Call control speaks to this interface and to nothing below it, so that another engine
 * (rtpengine by its `ng` protocol) can take the place of ours without a change above.
 *
 * A *call* is a set of legs that live in the same media process. A *leg* is one party: a SIP phone or trunk (`rtp`)
 * or a browser (`webrtc`). All negotiation is SDP text in and out (RFC 3264, RFC 8866).
 */
export type LegKind = "rtp" | "webrtc";

/** Names one leg of one call; both ids are chosen by the caller of the engine. */
export interface LegRef { call: string; leg: string }

/** Counts of one leg since it was opened. */
export interface LegStats {
  packetsIn: number; packetsOut: number; bytesIn: number; bytesOut: number;
  /** Packets that never came, by sequence number (RFC 3550 §6.4.1). */
  lostIn: number;
  /** Interarrival jitter of what we received, in milliseconds (RFC 3550 §6.4.1). */
  jitterInMs: number;
  /** What the far end reported in RTCP; null when it sent none. */
  lostOut: number | null; jitterOutMs: number | null; roundTripMs: number | null;
  /** What is sent, `PCMA` or `PCMU`; null before anything was negotiated. */
  codec: string | null;
}

/** A finished recording: its file, how long it is, and its size with the header. */
export interface Recording { path: string; durationMs: number; bytes: number }

/** Everything the engine tells of its own accord. */
export type MediaEvent =
  | { kind: "digit"; call: string; leg: string; digit: string }
  | { kind: "played"; call: string; leg: string; playId: string; outcome: "finished" | "stopped" | "failed" }
  /** First media arrived from a leg, or arrived again after `lost`. */
  | { kind: "up"; call: string; leg: string }
  /** No media for the watchdog time (rtp) or consent expired / the transport closed (webrtc). */
  | { kind: "lost"; call: string; leg: string }
  /** The process that carried these calls has died; nothing of them is left in the engine. */
  | { kind: "died"; calls: string[] };

export interface PlayRequest {
  playId: string;
  /** WAV files, 8 kHz mono, PCM16 or G.711, played one after another. */
  files: string[];
  /** Begins again after the last file, until stopped; default false. `played` then never comes as `finished`. */
  loop?: boolean;
}

/** Thrown by `answer` and `offer` when the engine has no room; carries the limit reached. */
export class MediaFull extends Error {
  readonly code = "media_full";
}

/**
 * Why the engine refused; every refusal is one of these, anything else is a bug.
 * - `bad_sdp`: the text is not a session description (SIP 400)
 * - `not_acceptable`: it is one, but holds no audio we can carry (SIP 488)
 * - `unknown_leg`: no such call or leg, or the wrong moment for it
 * - `no_digits`: the far end negotiated no telephone-event
 * - `bad_file`: a recording could not be opened
 * - `gone`: the media process died or is stopping
 */
export type MediaRefusalCode = "bad_sdp" | "not_acceptable" | "unknown_leg" | "no_digits" | "bad_file" | "gone";

/** A refusal with a reason that may be shown to the other side. */
export class MediaRefused extends Error {
  readonly code: MediaRefusalCode;
  constructor(code: MediaRefusalCode, message: string) {
    super(message);
    this.name = "MediaRefused";
    this.code = code;
  }
}

export interface MediaEngine {
  /**
   * The far end offered: negotiates and returns our answer. Called again for the same leg it renegotiates in place.
   * `signalledFrom` is the IP address the offer came from (rtp only): a phone behind NAT names an address in its SDP that
   * leads nowhere, and is then believed where it signals from. Without it only the address in the SDP is believed.
   */
  answer(ref: LegRef, kind: LegKind, offerSdp: string, signalledFrom?: string | null): Promise<string>;
  /** We offer (rtp only): opens ports and returns our offer. */
  offer(ref: LegRef): Promise<string>;
  /** The far end answered our offer (or changed it by a later answer); `signalledFrom` as with `answer`. */
  accept(ref: LegRef, answerSdp: string, signalledFrom?: string | null): Promise<void>;
  /** Both hear each other; replaces whatever either was connected to and ends what was playing to them. */
  connect(call: string, legA: string, legB: string): Promise<void>;
  /** The leg hears nobody and nobody hears it. */
  disconnect(ref: LegRef): Promise<void>;
  /** Plays to a leg; what it was connected to stays known but is not heard meanwhile. Ends an earlier play as `stopped`. */
  play(ref: LegRef, request: PlayRequest): Promise<void>;
  stopPlay(ref: LegRef): Promise<void>;
  /** What this leg says is heard by nobody (and is recorded as silence) until unmuted. */
  mute(ref: LegRef, muted: boolean): Promise<void>;
  /** Sends RFC 4733 digits `0-9*#A-D` to the leg. */
  sendDigits(ref: LegRef, digits: string): Promise<void>;
  /** Records two legs of a call to one stereo WAV (left, right). One recording a call at a time. */
  record(call: string, path: string, legs: { left: string; right: string }): Promise<void>;
  stopRecording(call: string): Promise<Recording | null>;
  /** Ends one leg; returns what it saw. Unknown legs return null. */
  hangup(ref: LegRef): Promise<LegStats | null>;
  /** Ends all legs and the recording of a call. */
  close(call: string): Promise<{ legs: Record<string, LegStats>; recording: Recording | null }>;
  stats(ref: LegRef): Promise<LegStats | null>;
  /** Legs there are and legs there may be, over all processes that are up. */
  load(): Promise<{ rtpLegs: number; webrtcLegs: number; rtpLimit: number; webrtcLimit: number }>;
  /** For as long as the engine lives; listeners are called in order and must not throw. */
  on(listener: (event: MediaEvent) => void): void;
  /**
   * Refuses new calls, waits for live ones to end (or `graceMs`), then stops. A live call may still get legs: whoever
   * waits in a queue must be able to reach an operator.
   */
  stop(graceMs: number): Promise<void>;
}
