import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { BrowserContext, Page } from "playwright-core";

/** A page that can speak one tone and tell which it hears. Runs in the browser, so it may use nothing from here. */
const pageScript = `
window.line = {
  async offer(hz) {
    const audio = this.audio = new AudioContext();
    await audio.resume();
    const oscillator = audio.createOscillator();
    oscillator.frequency.value = hz;
    const out = audio.createMediaStreamDestination();
    oscillator.connect(out);
    oscillator.start();
    const pc = this.pc = new RTCPeerConnection();
    this.sender = pc.addTrack(out.stream.getAudioTracks()[0], out.stream);
    pc.ontrack = (event) => {
      const stream = event.streams[0] ?? new MediaStream([event.track]);
      const element = this.element = new Audio();
      element.srcObject = stream;
      element.muted = true;
      element.play();
      const analyser = this.analyser = audio.createAnalyser();
      analyser.fftSize = 8192;
      audio.createMediaStreamSource(stream).connect(analyser);
    };
    await pc.setLocalDescription(await pc.createOffer());
    if (pc.iceGatheringState !== "complete") {
      await new Promise((done) => { pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && done(); });
    }
    return pc.localDescription.sdp;
  },
  async answer(sdp) {
    await this.pc.setRemoteDescription({ type: "answer", sdp });
    if (this.pc.connectionState === "connected") return;
    await new Promise((done, fail) => {
      this.pc.onconnectionstatechange = () => {
        if (this.pc.connectionState === "connected") done();
        if (this.pc.connectionState === "failed") fail(new Error("connection failed"));
      };
    });
  },
  heard() {
    if (!this.analyser) return null;
    const samples = new Float32Array(this.analyser.fftSize);
    this.analyser.getFloatTimeDomainData(samples);
    return { rate: this.audio.sampleRate, samples: Array.from(samples) };
  },
  digits(text) { this.sender.dtmf.insertDTMF(text, 100, 70); },
};
`;

export interface LinePage {
  page: Page;
  /** Opens a connection that speaks a tone and returns its full offer. */
  offer(hz: number): Promise<string>;
  /** Gives the answer and waits until connected. */
  answer(sdp: string): Promise<void>;
  /** What the page hears now; null before the track came. */
  heard(): Promise<{ rate: number; samples: number[] } | null>;
  digits(text: string): Promise<void>;
}

/** A real headless Chromium that finds a server on a machine with nothing but loopback. */
export async function openBrowser(): Promise<{ newLine(): Promise<LinePage>; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "line-browser-"));
  const context: BrowserContext = await chromium.launchPersistentContext(folder, {
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
      "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--allow-loopback-in-peer-connection",
    ],
  });
  const newLine = async (): Promise<LinePage> => {
    const page = await context.newPage();
    await page.addInitScript(pageScript);
    await page.goto("about:blank");
    await page.evaluate(pageScript);
    return {
      page,
      offer: (hz) => page.evaluate(`line.offer(${hz})`),
      answer: (sdp) => page.evaluate(`line.answer(${JSON.stringify(sdp)})`),
      heard: () => page.evaluate("line.heard()"),
      digits: (text) => page.evaluate(`line.digits(${JSON.stringify(text)})`),
    };
  };
  return {
    newLine,
    async close() {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
