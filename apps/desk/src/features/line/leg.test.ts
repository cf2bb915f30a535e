import { afterEach, beforeEach, expect, test, vi } from "vitest";

/** The microphones given so far that are still open, and what the server was asked. */
let open = 0;
let asked: string[] = [];
let answer: () => Response;
const problem = (status: number, code: string) => () => Response.json({ type: "about:blank", title: "", status, code, detail: "", requestId: "" }, { status });

class Peer extends EventTarget {
  iceGatheringState = "complete";
  localDescription = { sdp: "v=0" };
  addTrack(): void {}
  getTransceivers(): [] { return []; }
  createOffer(): Promise<object> { return Promise.resolve({}); }
  setLocalDescription(): Promise<void> { return Promise.resolve(); }
  close(): void {}
}
const microphone = () => {
  open += 1;
  const track = { stop: () => { open -= 1; } };
  return Promise.resolve({ getTracks: () => [track], getAudioTracks: () => [track] });
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("Audio", class {});
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("sessionStorage", { getItem: () => "this desk", setItem() {}, removeItem() {} });
  vi.stubGlobal("RTCPeerConnection", Peer);
  vi.stubGlobal("RTCRtpReceiver", { getCapabilities: () => null });
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: microphone } });
  vi.stubGlobal("fetch", (url: string) => { asked.push(url); return Promise.resolve(answer()); });
  [open, asked] = [0, []];
});
afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals(); });

test("a call that ended while the sound was coming back is let go: the microphone is free and nothing is tried again", async () => {
  const leg = await import("./leg.ts");
  answer = problem(409, "call_over");
  await leg.attachLeg("gone");
  await vi.advanceTimersByTimeAsync(60_000);
  expect({ open, asked: asked.length, state: leg.legState(), call: leg.legCall() }).toEqual({ open: 0, asked: 1, state: "none", call: null });
});

test("while the server cannot be reached the sound of a live call is tried again", async () => {
  const leg = await import("./leg.ts");
  answer = problem(503, "unavailable");
  await leg.attachLeg("alive");
  expect([leg.legState(), leg.legCall()]).toEqual(["lost", "alive"]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked.length).toBeGreaterThan(1);
  leg.closeLeg();
  expect(open).toBe(0);
});
