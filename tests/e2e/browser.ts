import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser as Chromium, type BrowserContext, type Page } from "playwright-core";
import { tone, writeToneWav } from "@linija/media/testing";
import { linija } from "./linija.ts";

/**
 * Ears in the page: every remote track is measured. The microphone is the browser's fake device, which plays a tone; a
 * steady tone is just what noise suppression removes, so the processing a person needs is turned off here.
 */
const earsScript = `
(() => {
  const ears = (window.ears = { analyser: null, context: null });
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...given) {
      super(...given);
      this.addEventListener("track", (event) => {
        ears.context ??= new AudioContext();
        void ears.context.resume();
        const stream = event.streams[0] ?? new MediaStream([event.track]);
        ears.analyser = ears.context.createAnalyser();
        ears.analyser.fftSize = 4096;
        ears.context.createMediaStreamSource(stream).connect(ears.analyser);
      });
    }
  };
  const microphone = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
  if (microphone) navigator.mediaDevices.getUserMedia = () => microphone({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  ears.share = (hz) => {
    if (!ears.analyser) return 0;
    const samples = new Float32Array(ears.analyser.fftSize);
    ears.analyser.getFloatTimeDomainData(samples);
    const coefficient = 2 * Math.cos((2 * Math.PI * hz) / ears.context.sampleRate);
    let before = 0, last = 0, energy = 0;
    for (const sample of samples) {
      energy += sample * sample;
      const next = sample + coefficient * last - before;
      before = last;
      last = next;
    }
    if (energy < 1e-4) return 0;
    return Math.min(1, (2 * (last * last + before * before - coefficient * last * before)) / (samples.length * energy));
  };
})();
`;

/** A Chromium of one person, whose microphone hums at `hz`. */
export class Browser {
  readonly context: BrowserContext;
  readonly #folder: string | null;
  readonly failures: string[] = [];

  private constructor(context: BrowserContext, folder: string | null) {
    this.context = context;
    this.#folder = folder;
  }

  static async open(options: { hz?: number; language?: string; size?: { width: number; height: number } } = {}): Promise<Browser> {
    const { hz = 800, language = "en", size = { width: 1280, height: 720 } } = options;
    const folder = mkdtempSync(join(tmpdir(), "linija-chromium-"));
    const sound = join(folder, "tone.wav");
    await writeToneWav(sound, tone(hz, 2_000));
    const context = await chromium.launchPersistentContext(join(folder, "profile"), {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", headless: true, locale: language, viewport: size, baseURL: linija.url,
      args: [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
        "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-audio-capture=${sound}`, "--allow-loopback-in-peer-connection",
      ],
    });
    await context.addInitScript(earsScript);
    return new Browser(context, folder);
  }

  /** Windows and cookies of one more person in a Chromium that is there already, for stories without sound. */
  static async beside(chromium: Chromium, language = "en"): Promise<Browser> {
    return new Browser(await chromium.newContext({ locale: language, viewport: { width: 1280, height: 720 }, baseURL: linija.url }), null);
  }

  async page(): Promise<Page> {
    const page = await this.context.newPage();
    page.setDefaultTimeout(15_000);
    page.on("pageerror", (error) => this.failures.push(`${page.url()}: ${error.message}`));
    page.on("console", (message) => { if (message.type() === "error" && /Content Security Policy|Refused to/.test(message.text())) this.failures.push(message.text()); });
    return page;
  }

  async close(): Promise<void> {
    await this.context.close();
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }
}

export const startChromium = (): Promise<Chromium> => chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", headless: true, args: ["--no-sandbox", "--disable-gpu"] });

/** Resolves once the tone is what this page hears. */
export async function pageHears(page: Page, hz: number, timeout = 10_000): Promise<void> {
  try {
    await page.waitForFunction((hz) => (globalThis as unknown as { ears: { share(hz: number): number } }).ears.share(hz) > 0.5, hz, { polling: 40, timeout });
  } catch (error) {
    const shares = await page.evaluate(() => [300, 440, 600, 800].map((hz) => `${hz} Hz ${(globalThis as unknown as { ears: { share(hz: number): number } }).ears.share(hz).toFixed(2)}`)).catch(() => []);
    throw new Error(`the page does not hear ${hz} Hz but ${shares.join(", ")}`, { cause: error });
  }
}

/** Resolves once this page hears nothing of the tone. */
export async function pageHearsNo(page: Page, hz: number): Promise<void> {
  await page.waitForFunction((hz) => (globalThis as unknown as { ears: { share(hz: number): number } }).ears.share(hz) < 0.1, hz, { polling: 40, timeout: 10_000 });
}

/** A client's old browser: no script at all. */
export class ClientPage {
  readonly page: Page;
  readonly #close: () => Promise<void>;

  private constructor(page: Page, close: () => Promise<void>) {
    this.page = page;
    this.#close = close;
  }

  static async open(language: string): Promise<ClientPage> {
    const browser = await startChromium();
    return new ClientPage((await ClientPage.beside(browser, language)).page, () => browser.close());
  }

  static async beside(chromium: Chromium, language: string): Promise<ClientPage> {
    const context = await chromium.newContext({ javaScriptEnabled: false, locale: language, baseURL: linija.url, viewport: { width: 360, height: 640 } });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    return new ClientPage(page, () => context.close());
  }

  close(): Promise<void> { return this.#close(); }
}
