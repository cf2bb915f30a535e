import { createStack, type InboundCall, type OutboundCall, type ReinviteReply, type ReinviteResult, type SipAddress, type SipStack } from "@linija/sip";
import { PCMA, strongestTone, TestPhone, type Law } from "@linija/media/testing";

/** What a phone noticed of one call, in order. */
export type PhoneEvent =
  | { kind: "ringing"; status: number }
  | { kind: "answered" }
  | { kind: "failed"; status: number; reason: string }
  | { kind: "cancelled" }
  | { kind: "acked" }
  | { kind: "reoffered"; sdp: string }
  | { kind: "ended"; why: "bye" | "ack_timeout" | "transport" | "timeout" };

export interface PhoneOptions {
  server: { host: string; port: number };
  proto?: "udp" | "tcp";
  /** Where it listens; any free port unless told. */
  port?: number;
  /** Sign-in at the registrar; an extension of an operator. */
  user?: string;
  password?: string;
  law?: Law;
  /** What a call that comes in meets at once: it rings until the test decides, is answered, is busy, or nobody even rings. */
  behaves?: "rings" | "answers" | "busy" | "silent";
}
export interface CallOptions { from?: string; sdp?: string; law?: Law; sdpOver?: Parameters<TestPhone["sdp"]>[0] }

const tones = [300, 350, 425, 440, 500, 600, 700, 800, 900, 1_000, 1_100, 1_200];

/** Resolves with the first value that is not undefined; looked at again at each `wake`. */
class Waiters {
  #waiting = new Set<() => void>();

  wake(): void {
    for (const look of this.#waiting) look();
  }

  until<T>(look: () => T | undefined, what: () => string, withinMs: number): Promise<T> {
    const now = look();
    if (now !== undefined) return Promise.resolve(now);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => { this.#waiting.delete(again); reject(new Error(`${what()} (${withinMs} ms)`)); }, withinMs);
      const again = (): void => {
        const found = look();
        if (found === undefined) return;
        clearTimeout(late);
        this.#waiting.delete(again);
        resolve(found);
      };
      this.#waiting.add(again);
    });
  }
}

/** A SIP phone of a test: really registers, calls, answers, sends and measures sound over loopback. */
export class SipPhone {
  readonly stack: SipStack;
  readonly calls: PhoneCall[] = [];
  behaves: NonNullable<PhoneOptions["behaves"]>;
  readonly #options: PhoneOptions;
  readonly #waiters = new Waiters();
  #taken = 0;

  private constructor(stack: SipStack, options: PhoneOptions) {
    this.stack = stack;
    this.#options = options;
    this.behaves = options.behaves ?? "rings";
  }

  static async open(options: PhoneOptions): Promise<SipPhone> {
    let phone: SipPhone | null = null;
    const stack = await createStack({
      listen: [{ proto: options.proto ?? "udp", host: "127.0.0.1", port: options.port ?? 0 }], userAgent: "Test phone",
      onInvite: (call) => { if (phone) void phone.#invited(call); else call.reject(480); },
    });
    phone = new SipPhone(stack, options);
    return phone;
  }

  get server(): SipAddress {
    const { host, port } = this.#options.server;
    return { host, port, proto: this.#options.proto ?? "udp" };
  }
  get address(): SipAddress { return this.stack.addresses[0]!; }
  get contact(): string { return `sip:${this.#options.user ?? "phone"}@${this.address.host}:${this.address.port}${this.address.proto === "tcp" ? ";transport=tcp" : ""}`; }

  /** Registers, answering the challenge; resolves to the final status. `expires` 0 takes the registration back. */
  async register(expires = 300): Promise<number> {
    const { user = "phone", password } = this.#options;
    const record = `<sip:${user}@${this.server.host}>`;
    const response = await this.stack.request({
      method: "REGISTER", uri: `sip:${this.server.host}:${this.server.port}`, from: record, to: record, destination: this.server,
      headers: { Contact: `<${this.contact}>`, Expires: String(expires) }, ...(password !== undefined && { credentials: { username: user, password } }),
    });
    return response.status;
  }

  unregister(): Promise<number> { return this.register(0); }

  /** Calls a number of the server. */
  async call(to: string, options: CallOptions = {}): Promise<PhoneCall> {
    const audio = await TestPhone.open(options.law ?? this.#options.law ?? PCMA);
    const { server } = this;
    const line = this.stack.invite({
      uri: `sip:${to}@${server.host}:${server.port}${server.proto === "tcp" ? ";transport=tcp" : ""}`, from: `<sip:${options.from ?? this.#options.user ?? "anonymous"}@${this.address.host}>`,
      sdp: options.sdp ?? audio.sdp(options.sdpOver), destination: server,
    });
    const call = new PhoneCall(line, audio);
    this.calls.push(call);
    return call;
  }

  /** The next call that comes in, past or to come; each is given once. */
  async next(withinMs = 10_000): Promise<PhoneCall> {
    const call = await this.#waiters.until(() => this.calls.filter((each) => each.isInbound)[this.#taken], () => "no call came in", withinMs);
    this.#taken += 1;
    return call;
  }

  async #invited(line: InboundCall): Promise<void> {
    const early: (() => void)[] = [];
    // Handlers must be set in this turn; the call with its socket is ready in a later one.
    line.handle({ onCancel: () => early.push(() => call.note({ kind: "cancelled" })) });
    const audio = await TestPhone.open(this.#options.law ?? PCMA);
    const call = new PhoneCall(line, audio);
    for (const tell of early) tell();
    this.calls.push(call);
    if (this.behaves === "rings") call.ring();
    else if (this.behaves === "answers") call.answer();
    else if (this.behaves === "busy") call.reject(486);
    this.#waiters.wake();
  }

  /** Ends what is left of its calls and closes its sockets. */
  async close(): Promise<void> {
    for (const call of this.calls) call.audio.close();
    await this.stack.close(300);
  }
}

/** One call of a test phone. */
export class PhoneCall {
  readonly line: InboundCall | OutboundCall;
  readonly audio: TestPhone;
  readonly events: PhoneEvent[] = [];
  /** How the next re-INVITE of the far end is met; by default it is accepted. */
  onReoffer: (sdp: string | null, reply: ReinviteReply) => void = (sdp, reply) => { if (sdp) this.audio.follow(sdp); reply.accept(this.audio.sdp()); };
  readonly #waiters = new Waiters();

  constructor(line: InboundCall | OutboundCall, audio: TestPhone) {
    this.line = line;
    this.audio = audio;
    const both = {
      onBye: () => this.note({ kind: "ended", why: "bye" }),
      onDead: (why: "ack_timeout" | "transport" | "timeout") => this.note({ kind: "ended", why }),
      onReinvite: (sdp: string | null, reply: ReinviteReply) => { this.note({ kind: "reoffered", sdp: sdp ?? "" }); this.onReoffer(sdp, reply); },
    };
    if ("ring" in line) {
      if (line.sdp) audio.follow(line.sdp);
      line.handle({ ...both, onCancel: () => this.note({ kind: "cancelled" }), onAck: () => this.note({ kind: "acked" }) });
      return;
    }
    line.handle({
      ...both, onRinging: (status) => this.note({ kind: "ringing", status }),
      onAccepted: (sdp) => { audio.follow(sdp); this.note({ kind: "answered" }); },
      onFailed: (status, reason) => this.note({ kind: "failed", status, reason }),
    });
  }

  get isInbound(): boolean { return "ring" in this.line; }

  note(event: PhoneEvent): void {
    this.events.push(event);
    if (event.kind === "ended") this.audio.quiet();
    this.#waiters.wake();
  }

  /** The first event of that kind, past or to come. */
  waitFor<K extends PhoneEvent["kind"]>(kind: K, withinMs = 10_000): Promise<Extract<PhoneEvent, { kind: K }>> {
    const is = (event: PhoneEvent): event is Extract<PhoneEvent, { kind: K }> => event.kind === kind;
    return this.#waiters.until(() => this.events.find(is), () => `the call was not ${kind}; noticed: ${JSON.stringify(this.events)}`, withinMs);
  }

  ring(): void { if ("ring" in this.line) this.line.ring(); }
  answer(): void { if ("ring" in this.line) this.line.accept(this.audio.sdp()); }
  reject(status: number): void { if ("ring" in this.line) this.line.reject(status); }
  cancel(): void { if ("cancel" in this.line) this.line.cancel(); }

  /** Offers other media inside the call; by default the same again. */
  async reinvite(sdp = this.audio.sdp()): Promise<ReinviteResult> {
    const result = await this.line.reinvite(sdp);
    if (result.sdp) this.audio.follow(result.sdp);
    return result;
  }

  hold(): Promise<ReinviteResult> { return this.reinvite(this.audio.sdp({ direction: "sendonly" })); }
  resume(): Promise<ReinviteResult> { return this.reinvite(); }

  /** Keys by RFC 4733, one after another. */
  press(digits: string): void { for (const digit of digits) this.audio.press(digit); }
  /** A key by INFO, as some phones still send it. */
  pressByInfo(digit: string): Promise<number> { return this.line.info("application/dtmf-relay", `Signal=${digit}\r\nDuration=160\r\n`); }
  sing(hz: number): void { this.audio.sing(hz); }

  /** Resolves once the tone is what is heard; rejects with what was heard instead. */
  async hears(hz: number, withinMs = 8_000): Promise<void> {
    const candidates = [...new Set([...tones, hz])];
    const deadline = performance.now() + withinMs;
    let last: number | null = null;
    while (performance.now() < deadline) {
      last = strongestTone(await this.audio.hear(15, Math.max(1, Math.ceil(deadline - performance.now()))), candidates);
      if (last === hz) return;
    }
    throw new Error(`heard ${last === null ? "no tone" : `${last} Hz`} instead of ${hz} Hz`);
  }

  /** Ends the call however far it is; resolves when the far end has answered. */
  async hangUp(): Promise<void> {
    this.audio.quiet();
    await this.line.bye();
  }
}
