/**
 * How many calls between a phone and a browser are carried without loss. The browsers are werift's ICE and DTLS as the
 * controlling side with our SRTP, all in this process. Prints one JSON line.
 *
 *     node packages/media/bench/webrtc.ts [--calls 80] [--seconds 10] [--no-record] [--workers 2] [--port 52000]
 */
import type { Socket } from "node:dgram";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport, RTCIceGatherer, RTCIceParameters, RTCIceTransport, candidateFromSdp,
} from "werift";
import { createMediaEngine } from "../src/index.ts";
import { SrtpContext, profileCm, profileGcm } from "../src/srtp.ts";
import type { SrtpProfile } from "../src/srtp.ts";
import { Stream, boundSocket, measure, mediaPort, packetBytes, phoneSdp } from "./load.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "80" }, seconds: { type: "string", default: "10" }, workers: { type: "string", default: "2" },
    "no-record": { type: "boolean", default: false }, gcm: { type: "boolean", default: false }, port: { type: "string", default: "52000" },
  },
});
const calls = Number(values.calls);
const profile: SrtpProfile = values.gcm ? profileGcm : profileCm;

/** One browser: opens like Chromium does, then sends and hears RTP through our SRTP. */
class Browser {
  readonly #ice: RTCIceTransport;
  readonly #dtls: RTCDtlsTransport;
  #inbound: SrtpContext | null = null;
  #outbound: SrtpContext | null = null;
  #socket: Socket | null = null;
  #port = 0;
  readonly #sealed = Array.from({ length: 8 }, () => Buffer.alloc(256));
  #turn = 0;

  constructor(onRtp: (packet: Buffer) => void) {
    this.#ice = new RTCIceTransport(new RTCIceGatherer({ useIpv4: false, useIpv6: false, additionalHostAddresses: ["127.0.0.1"] }));
    const connection = this.#ice.connection as unknown as { iceControlling: boolean; stunServer: unknown };
    connection.iceControlling = true;
    // werift asks a public STUN server unless told not to, and has no option for that.
    connection.stunServer = undefined;
    this.#dtls = new RTCDtlsTransport({}, this.#ice, RTCDtlsTransport.localCertificate, [profile]);
    this.#dtls.role = "client";
    this.#dtls.startSrtp = () => {
      const keys = this.#dtls.dtls!.extractSessionKeys(16, profile === profileCm ? 14 : 12);
      this.#outbound = new SrtpContext(profile, { key: keys.localKey, salt: keys.localSalt });
      this.#inbound = new SrtpContext(profile, { key: keys.remoteKey, salt: keys.remoteSalt });
    };
    this.#ice.connection.onData.subscribe((packet: Buffer) => {
      if (packet[0]! < 128 || packet[0]! > 191 || packet[1]! >= 192) return;
      if ((this.#inbound?.unprotect(packet) ?? -1) === packetBytes) onRtp(packet);
    });
  }

  async offer(): Promise<string> {
    await this.#ice.gather();
    const { localUsername, localPassword, localCandidates } = this.#ice.connection;
    return [
      "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "m=audio 9 UDP/TLS/RTP/SAVPF 0", "c=IN IP4 0.0.0.0",
      "a=rtpmap:0 PCMU/8000", "a=mid:0", "a=sendrecv", "a=rtcp-mux", "a=setup:actpass", `a=ice-ufrag:${localUsername}`, `a=ice-pwd:${localPassword}`,
      `a=fingerprint:sha-256 ${this.#dtls.localParameters.fingerprints[0]!.value}`, ...localCandidates.map((c) => `a=candidate:${c.toSdp()}`), "",
    ].join("\r\n");
  }

  async answer(sdp: string): Promise<void> {
    const value = (name: string): string => new RegExp(`^a=${name}:(.+?)\\r?$`, "m").exec(sdp)![1]!;
    this.#ice.setRemoteParams(new RTCIceParameters({ iceLite: true, usernameFragment: value("ice-ufrag"), password: value("ice-pwd") }));
    this.#dtls.setRemoteParams(new RTCDtlsParameters([new RTCDtlsFingerprint("sha-256", value("fingerprint").split(" ")[1]!)], "server"));
    await this.#ice.addRemoteCandidate(candidateFromSdp(value("candidate")));
    await this.#ice.addRemoteCandidate(undefined);
    await this.#ice.start();
    await this.#dtls.start();
    const pair = this.#ice.connection.nominated!;
    this.#socket = (pair.protocol as unknown as { transport: { socket: Socket } }).transport.socket;
    this.#port = pair.remoteCandidate.port;
  }

  send(packet: Buffer): void {
    const sealed = this.#sealed[(this.#turn = (this.#turn + 1) & 7)]!;
    packet.copy(sealed, 0, 0, packetBytes);
    this.#socket!.send(sealed, 0, this.#outbound!.protect(sealed, packetBytes), this.#port, "127.0.0.1");
  }

  close(): void {
    this.#dtls.stop().catch(() => {});
  }
}

await RTCDtlsTransport.SetupCertificate();
const folder = await mkdtemp(join(tmpdir(), "line-bench-"));
const first = Number(values.port);
const engine = createMediaEngine({ workers: Number(values.workers), rtpPorts: [first, first + 9_999], limits: { rtpLegs: 2_000, webrtcLegs: 2_000 } });
const sockets = await Promise.all(Array.from({ length: 8 }, boundSocket));
const browsers: Browser[] = [];
const ports: number[] = [];
const fromPhones = new Stream(calls, (call, packet) => sockets[call % 8]!.send(packet, 0, packetBytes, ports[call]!, "127.0.0.1"));
const fromBrowsers = new Stream(calls, (call, packet) => browsers[call]!.send(packet));
for (const socket of sockets) socket.on("message", (packet) => packet.length === packetBytes && fromBrowsers.heard(packet));

const setupMs: number[] = [];
for (let i = 0; i < calls; i++) {
  const call = `c${i}`;
  ports.push(mediaPort(await engine.answer({ call, leg: "phone" }, "rtp", phoneSdp(sockets[i % 8]!.address().port))));
  const browser = new Browser(fromPhones.heard);
  const offer = await browser.offer();
  const startMs = performance.now();
  await browser.answer(await engine.answer({ call, leg: "browser" }, "webrtc", offer));
  setupMs.push(performance.now() - startMs);
  browsers.push(browser);
  await engine.connect(call, "phone", "browser");
  if (!values["no-record"]) await engine.record(call, join(folder, `${call}.wav`), { left: "phone", right: "browser" });
}
const figures = await measure(engine, [fromPhones, fromBrowsers], calls, Number(values.seconds));
setupMs.sort((a, b) => a - b);
console.log(JSON.stringify({ bench: "webrtc", figures: { ...figures, workers: Number(values.workers), setup_p50_ms: Math.round(setupMs[calls >> 1]!) } }));
for (const browser of browsers) browser.close();
await engine.stop(0);
for (const socket of sockets) socket.close();
await rm(folder, { recursive: true, force: true });
process.exit(0);
