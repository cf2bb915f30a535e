import { afterReport, askAgainMs, isLive, problemOfMicrophone, problemOfReply, type Screen } from "./screen.ts";
import { Refusal, type Caller, type Server, type Taken } from "./server.ts";

const GATHER_MS = 1_000;
/** How long a shaky network may take to heal before the call is given up. */
const HEAL_MS = 10_000;
/** The promise is written in the moment the call ends; asked for a few times, for nobody stays on a page that is over. */
const PROMISE_TRIES = 5;
const PROMISE_AGAIN_MS = 600;

/** One call from the page: microphone, connection, what the server tells of it. Every change of screen goes to `show`. */
export class PageCall {
  #screen: Screen = { at: "microphone" };
  readonly #server: Server;
  readonly #show: (screen: Screen, weak: boolean) => void;
  #microphone: MediaStream | null = null;
  #peer: RTCPeerConnection | null = null;
  #sender: RTCRtpSender | null = null;
  #taken: Taken | null = null;
  #timer = 0;
  #heal = 0;
  #speaker = new Audio();

  constructor(server: Server, show: (screen: Screen, weak: boolean) => void) {
    this.#server = server;
    this.#show = show;
  }

  async start(caller: Caller): Promise<void> {
    this.#become(this.#screen);
    if (!navigator.mediaDevices || !("RTCPeerConnection" in window)) return this.#fail({ at: "problem", problem: "unsupported" });
    try {
      this.#microphone = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
    } catch (error) {
      return this.#fail({ at: "problem", problem: problemOfMicrophone((error as DOMException).name) });
    }
    // The visitor may have hung up while the browser was asking.
    if (this.#screen.at !== "microphone") return this.#close();
    this.#become({ at: "connecting" });
    try {
      await this.#connect(caller);
    } catch (error) {
      this.#fail(screenOf(error));
    }
  }

  async #connect(caller: Caller): Promise<void> {
    const sdp = await this.#offer();
    const taken = await this.#server.call(caller, sdp);
    this.#taken = taken;
    if (!isLive(this.#screen)) return void this.#server.hangUp(taken);
    await this.#peer!.setRemoteDescription({ type: "answer", sdp: taken.sdp });
    void this.#ask();
  }

  async #offer(): Promise<string> {
    const peer = new RTCPeerConnection();
    this.#peer = peer;
    peer.addEventListener("track", (event) => {
      this.#speaker.srcObject = event.streams[0] ?? new MediaStream([event.track]);
      void this.#speaker.play().catch(() => undefined);
    });
    peer.addEventListener("connectionstatechange", () => this.#watch(peer));
    for (const track of this.#microphone!.getAudioTracks()) this.#sender = peer.addTrack(track, this.#microphone!);
    preferG711(peer);
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    return peer.localDescription!.sdp;
  }

  #watch(peer: RTCPeerConnection): void {
    if (peer !== this.#peer || !isLive(this.#screen)) return;
    const { connectionState } = peer;
    clearTimeout(this.#heal);
    if (connectionState === "disconnected") this.#heal = window.setTimeout(() => this.#lost(), HEAL_MS);
    // The far end may simply have hung up: the server knows.
    if (connectionState === "failed" || connectionState === "closed") void this.#ask().then(() => this.#lost());
    this.#become(this.#screen);
  }

  #lost(): void {
    if (!isLive(this.#screen)) return;
    if (this.#taken) void this.#server.hangUp(this.#taken);
    this.#fail({ at: "problem", problem: "network" });
  }

  /** Asks how the call stands, and goes on asking while it lives. */
  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#taken || !isLive(this.#screen)) return;
    let state = "";
    try {
      const report = await this.#server.state(this.#taken);
      ({ state } = report);
      this.#become(afterReport(this.#screen, report, performance.now()));
    } catch (error) {
      // A call the server no longer knows is over; a request that did not arrive is tried again, the sound tells if all is lost.
      if (error instanceof Refusal && (error.status === 404 || error.status === 409)) this.#become(afterReport(this.#screen, { state: "ended", position: null, expectedWaitMs: null }, 0));
    }
    if (isLive(this.#screen)) this.#timer = window.setTimeout(() => void this.#ask(), askAgainMs(this.#screen, state));
    else this.#close();
  }

  press(key: string): void {
    if (this.#sender?.dtmf?.canInsertDTMF) this.#sender.dtmf.insertDTMF(this.#sender.dtmf.toneBuffer + key, 120, 70);
  }

  mute(muted: boolean): void {
    for (const track of this.#microphone?.getAudioTracks() ?? []) track.enabled = !muted;
  }

  hangUp(): void {
    const was = isLive(this.#screen) || this.#screen.at === "microphone";
    // Who gives up waiting is called back: said as soon as the server has noted it.
    if (this.#taken && was) void this.#server.hangUp(this.#taken).then(() => this.#hearPromise(this.#taken!));
    if (was) this.#become({ at: "ended" });
    this.#close();
  }

  async #hearPromise(taken: Taken, tries = PROMISE_TRIES): Promise<void> {
    const report = await this.#server.state(taken).catch(() => null);
    if (this.#screen.at !== "ended" || this.#taken !== taken) return;
    // The call knows that it is over a moment before the promise is written.
    if (report?.callback) this.#become({ at: "ended", callback: report.callback });
    else if (tries > 0) window.setTimeout(() => void this.#hearPromise(taken, tries - 1), PROMISE_AGAIN_MS);
  }

  #become(screen: Screen): void {
    this.#screen = screen;
    this.#show(screen, isLive(screen) && this.#peer?.connectionState === "disconnected");
  }

  #fail(screen: Screen): void {
    // Hung up while the request was under way: the visitor's own word stands.
    if (this.#screen.at !== "ended") this.#become(screen);
    this.#close();
  }

  #close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#heal);
    this.#peer?.close();
    for (const track of this.#microphone?.getTracks() ?? []) track.stop();
    this.#speaker.srcObject = null;
  }
}

function screenOf(error: unknown): Screen {
  if (!(error instanceof Refusal)) return { at: "problem", problem: error instanceof TypeError ? "network" : "failed" };
  const problem = problemOfReply(error.status, error.code, error.fields);
  return problem ? { at: "problem", problem } : { at: "form", badPhone: true };
}

/** G.711 is what phones speak: nothing has to be transcoded. */
function preferG711(peer: RTCPeerConnection): void {
  const known = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
  const wanted = ["audio/pcmu", "audio/pcma", "audio/telephone-event"].flatMap((type) => known.filter((codec) => codec.mimeType.toLowerCase() === type));
  if (wanted.length > 0) for (const transceiver of peer.getTransceivers()) transceiver.setCodecPreferences?.(wanted);
}

/** All candidates ride in the offer; whoever has none after a second will not find them later. */
function gathered(peer: RTCPeerConnection): Promise<void> {
  return new Promise((done) => {
    const look = (): void => { if (peer.iceGatheringState === "complete") done(); };
    peer.addEventListener("icegatheringstatechange", look);
    setTimeout(done, GATHER_MS);
    look();
  });
}
