import { createSocket, type Socket } from "node:dgram";
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { parseMessage, type SipRequest, type SipResponse } from "@linija/sip";

type Message = SipRequest | SipResponse;
const random = (): string => randomBytes(6).toString("hex");

export const audioSdp = (port = 40_000, address = "127.0.0.1"): string =>
  ["v=0", `o=- 1 1 IN IP4 ${address}`, "s=-", `c=IN IP4 ${address}`, "t=0 0", `m=audio ${port} RTP/AVP 8 101`, "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000", ""].join("\r\n");

export interface Parts {
  method?: string; to?: string; from?: string; fromTag?: string; toTag?: string; callId?: string; branch?: string; cseq?: string; sdp?: string; version?: string;
  /** Rows added to, or (by name, with null) left out of, those every request has. */
  rows?: Record<string, string | null>;
}

/** A bare UDP socket that speaks SIP only as a test writes it: no transactions, no repeats, no manners. */
export class Wire {
  readonly received: Message[] = [];
  readonly server: { host: string; port: number };
  readonly #socket: Socket;
  #waiting = new Set<() => void>();

  private constructor(socket: Socket, server: { host: string; port: number }) {
    this.#socket = socket;
    this.server = server;
    socket.on("message", (data) => {
      const message = parseMessage(data);
      if (message) this.received.push(message);
      for (const look of this.#waiting) look();
    });
  }

  static async open(server: { host: string; port: number }): Promise<Wire> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    return new Wire(socket, server);
  }

  get port(): number { return this.#socket.address().port; }

  /** A sound request unless told otherwise. */
  request(parts: Parts = {}): string {
    const { method = "INVITE", to = "200", from = "anonymous", fromTag = random(), callId = random(), branch = `z9hG4bK${random()}`, sdp = "" } = parts;
    const uri = `sip:${to}@${this.server.host}:${this.server.port}`;
    const rows: Record<string, string | null> = {
      Via: `SIP/2.0/UDP 127.0.0.1:${this.port};rport;branch=${branch}`, "Max-Forwards": "70", From: `<sip:${from}@127.0.0.1>;tag=${fromTag}`, To: `<${uri}>${parts.toTag ? `;tag=${parts.toTag}` : ""}`,
      "Call-ID": callId, CSeq: parts.cseq ?? `1 ${method}`, Contact: `<sip:wire@127.0.0.1:${this.port}>`, ...(sdp && { "Content-Type": "application/sdp" }), "Content-Length": String(Buffer.byteLength(sdp)), ...parts.rows,
    };
    const head = Object.entries(rows).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}\r\n`])).join("");
    return `${method} ${uri} ${parts.version ?? "SIP/2.0"}\r\n${head}\r\n${sdp}`;
  }

  /** The response a phone would give; `from` is the request it answers. */
  respond(request: SipRequest, status: number, more: { tag?: string; sdp?: string } = {}): void {
    const copy = ["via", "from", "call-id", "cseq"].flatMap((name) => request.rows(name).map((value) => `${name}: ${value}\r\n`)).join("");
    const to = `${request.get("to")!}${more.tag && !/;tag=/.test(request.get("to")!) ? `;tag=${more.tag}` : ""}`;
    const sdp = more.sdp ?? "";
    this.send(`SIP/2.0 ${status} Test\r\n${copy}To: ${to}\r\nContact: <sip:wire@127.0.0.1:${this.port}>\r\n${sdp && "Content-Type: application/sdp\r\n"}Content-Length: ${Buffer.byteLength(sdp)}\r\n\r\n${sdp}`);
  }

  send(text: string | Buffer): void { this.#socket.send(text, this.server.port, this.server.host); }

  /** The first message that fits, past or to come. */
  until<T extends Message>(fits: (message: Message) => message is T, what: string, withinMs = 10_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.received.find(fits);
        if (!found) return;
        clearTimeout(late);
        this.#waiting.delete(look);
        resolve(found);
      };
      const late = setTimeout(() => { this.#waiting.delete(look); reject(new Error(`no ${what} came in ${withinMs} ms; came: ${this.received.map(describe).join(", ")}`)); }, withinMs);
      this.#waiting.add(look);
      look();
    });
  }

  /** The answer of this status (or any final one) to the request with this Call-ID. */
  answer(callId: string, status?: number, withinMs?: number): Promise<SipResponse> {
    const fits = (message: Message): message is SipResponse => message.kind === "response" && message.get("call-id") === callId && (status === undefined ? message.status >= 200 : message.status === status);
    return this.until(fits, `answer ${status ?? "of any final kind"} to ${callId}`, withinMs);
  }

  asked(method: string, withinMs?: number): Promise<SipRequest> {
    return this.until((message): message is SipRequest => message.kind === "request" && message.method === method, method, withinMs);
  }

  answers(callId: string): SipResponse[] { return this.received.filter((message): message is SipResponse => message.kind === "response" && message.get("call-id") === callId); }

  /** Resolves when everything sent before has been dealt with: one socket is read in order. */
  async echoed(): Promise<void> {
    const callId = random();
    this.send(this.request({ method: "OPTIONS", callId }));
    await this.answer(callId, 200);
  }

  close(): void { this.#socket.close(); }
}

const describe = (message: Message): string => (message.kind === "response" ? `${message.status} ${message.get("cseq")}` : message.method);

/** Sends bytes over TCP and returns what came back when `enough` is satisfied or the far end closed. */
export function overTcp(server: { host: string; port: number }, bytes: string | Buffer, enough: (text: string) => boolean, withinMs = 10_000): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(server.port, server.host, () => socket.write(bytes));
    const late = setTimeout(() => { socket.destroy(); reject(new Error(`not enough came over TCP: ${text}`)); }, withinMs);
    const done = (): void => { clearTimeout(late); socket.destroy(); resolve(text); };
    socket.on("data", (chunk) => { text += chunk.toString(); if (enough(text)) done(); });
    socket.on("close", done);
    socket.on("error", (error) => { clearTimeout(late); if (text) resolve(text); else reject(error); });
  });
}
