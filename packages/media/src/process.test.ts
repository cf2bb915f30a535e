import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { shareOptions } from "./client.ts";
import { connectMediaEngine, createMediaEngine, MediaFull } from "./index.ts";
import type { ProcessMediaEngine } from "./index.ts";
import { EventLog, PCMA, TestPhone, readWav, toneAt } from "./testing.ts";

const first = 18_000 + Math.floor(Math.random() * 9) * 200;
let folder: string;
const processScript = join(import.meta.dirname, "process.ts");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "process-"));
});
afterAll(() => rm(folder, { recursive: true }));

const children: ChildProcess[] = [];
const engines: ProcessMediaEngine[] = [];
const phones: TestPhone[] = [];
const kept = <T>(list: T[], item: T): T => {
  list.push(item);
  return item;
};
afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close();
  await Promise.all(engines.splice(0).map((engine) => engine.stop(0)));
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** The media role of a node, listening on a Unix socket. */
function startRole(address: string, ports: [number, number]): ChildProcess {
  const options = JSON.stringify({ rtpPorts: ports, limits: { webrtcLegs: 0 } });
  return kept(children, spawn(process.execPath, [processScript, "--listen", address, options], { stdio: ["ignore", "inherit", "inherit"] }));
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** A controller in a process of its own, with one recorded leg; prints what the test needs. */
const controller = (path: string): string => `
import { createMediaEngine } from ${JSON.stringify(join(import.meta.dirname, "index.ts"))};
const engine = createMediaEngine({ workers: 1, rtpPorts: [${first}, ${first + 39}], limits: { webrtcLegs: 0 } });
process.stdin.once("data", async (offer) => {
  const answer = await engine.answer({ call: "c", leg: "a" }, "rtp", String(offer));
  await engine.record("c", ${JSON.stringify(path)}, { left: "a", right: "b" });
  console.log(JSON.stringify({ answer, pid: engine.processes()[0].pid }));
});
`;

test("each process gets its own share of the ports for phones and for browsers, an even number from an even port", () => {
  expect(shareOptions({ address: "192.0.2.1", rtpPorts: [20_001, 20_013], webrtcPorts: [30_000, 30_007] }, 2)).toEqual([
    { address: "192.0.2.1", rtpPorts: [20_002, 20_007], webrtcPorts: [30_000, 30_003] }, { address: "192.0.2.1", rtpPorts: [20_008, 20_013], webrtcPorts: [30_004, 30_007] },
  ]);
  expect(() => shareOptions({ rtpPorts: [20_000, 20_002] }, 2)).toThrow("too few");
});

test("a media process whose controller is killed finishes its recordings and ends", async () => {
  const path = join(folder, "deep", "orphan.wav");
  const parent = spawn(process.execPath, ["--input-type=module-typescript", "-e", controller(path)], { stdio: ["pipe", "pipe", "inherit"] });
  const phone = kept(phones, await TestPhone.open(PCMA));
  parent.stdin.write(phone.sdp());
  const [line] = (await once(createInterface(parent.stdout), "line")) as [string];
  const { answer, pid } = JSON.parse(line) as { answer: string; pid: number };
  phone.follow(answer);
  phone.sing(600);
  const other = kept(phones, await TestPhone.open(PCMA));
  other.follow(other.sdp());
  other.sing(1);
  await other.hear(60);
  parent.kill("SIGKILL");
  await expect.poll(() => isAlive(pid), { timeout: 3_000 }).toBe(false);
  const { channels } = await readWav(path);
  expect(channels[0]!.length).toBeGreaterThan(7_000);
  expect((await readFile(path)).length).toBe(58 + channels[0]!.length * 2);
  expect(toneAt(channels[0]!.slice(2_000), 600)).toBeGreaterThan(0.9);
});

test("the media role runs on its own and is found again after a restart", async () => {
  const address = join(folder, "media.sock");
  const start = async () => {
    await rm(address, { force: true });
    const role = startRole(address, [first + 40, first + 79]);
    await expect.poll(() => new Promise((resolve) => {
      const probe = connect(address, () => resolve(probe.destroy() !== null)).on("error", () => resolve(false));
    }), { timeout: 8_000 }).toBe(true);
    return role;
  };
  const role = await start();
  const engine = kept(engines, connectMediaEngine({ address }));
  const events = new EventLog(engine);
  const phone = kept(phones, await TestPhone.open(PCMA));
  phone.follow(await engine.answer({ call: "c", leg: "a" }, "rtp", phone.sdp()));
  await engine.sendDigits({ call: "c", leg: "a" }, "5");
  expect(phone.heard.length).toBeGreaterThanOrEqual(7);
  role.kill("SIGKILL");
  expect(await events.one("died")).toMatchObject({ calls: ["c"] });
  await expect(engine.answer({ call: "d", leg: "a" }, "rtp", phone.sdp())).rejects.toMatchObject({ code: "media_full" });
  await start();
  await expect.poll(() => engine.answer({ call: "d", leg: "a" }, "rtp", phone.sdp()).then(() => true, () => false), { timeout: 8_000 }).toBe(true);
});

test("noise on the control channel ends that channel and nothing else", async () => {
  const address = join(folder, "noise.sock");
  startRole(address, [first + 80, first + 119]);
  const engine = kept(engines, connectMediaEngine({ address }));
  const phone = kept(phones, await TestPhone.open(PCMA));
  await expect.poll(() => engine.answer({ call: "c", leg: "a" }, "rtp", phone.sdp()).then(() => true, () => false), { timeout: 8_000 }).toBe(true);
  for (const noise of ["hello\n", "42\n", '{"id":1,"op":"__proto__","args":[]}\nnull\n', "x".repeat(2_000_000)]) {
    // The far end may reset rather than close: both are an end.
    await new Promise<void>((closed) => connect(address).on("error", () => {}).on("close", () => closed()).resume().write(noise));
  }
  expect(await engine.load()).toMatchObject({ rtpLegs: 1 });
});

test("stopping waits for live calls and refuses new ones", async () => {
  const engine = kept(engines, createMediaEngine({ workers: 1, rtpPorts: [first + 120, first + 159], limits: { webrtcLegs: 0 } }));
  const phone = kept(phones, await TestPhone.open(PCMA));
  phone.follow(await engine.answer({ call: "c", leg: "a" }, "rtp", phone.sdp()));
  const { pid } = engine.processes()[0]!;
  const stopped = engine.stop(10_000);
  await expect(engine.answer({ call: "d", leg: "a" }, "rtp", phone.sdp())).rejects.toMatchObject({ code: "media_full" });
  await engine.sendDigits({ call: "c", leg: "a" }, "1");
  await engine.close("c");
  await stopped;
  expect(isAlive(pid!)).toBe(false);
});

test("the limit told is what the ports allow, ports of other programs not counted, and beyond it a leg is plainly refused as full", async () => {
  const other = createSocket("udp4");
  await new Promise<void>((bound) => other.bind(first + 183, "127.0.0.1", bound));
  const said: Record<string, unknown>[] = [];
  const log = (_level: string, message: string, fields: Record<string, unknown>): void => void (message === "ports for RTP" && said.push(fields));
  const engine = kept(engines, createMediaEngine({ workers: 1, rtpPorts: [first + 180, first + 185], limits: { rtpLegs: 500, webrtcLegs: 0 }, quarantineMs: 60_000, log }));
  expect(said).toEqual([{ from: first + 180, to: first + 185, pairs: 3, processes: 1 }]);
  expect(await engine.load()).toMatchObject({ rtpLegs: 0, rtpLimit: 3 });
  const phone = kept(phones, await TestPhone.open(PCMA));
  const answer = (leg: string): Promise<string> => engine.answer({ call: "c", leg }, "rtp", phone.sdp());
  await answer("a");
  await answer("b");
  await expect(answer("c")).rejects.toMatchObject({ code: "media_full" });
  expect(await engine.load()).toMatchObject({ rtpLegs: 2, rtpLimit: 2 });
  // Its port rests.
  await engine.hangup({ call: "c", leg: "a" });
  await expect(answer("d")).rejects.toBeInstanceOf(MediaFull);
  other.close();
});

test("a leg hung up while it opens leaves nothing behind", async () => {
  const engine = kept(engines, createMediaEngine({ workers: 1, rtpPorts: [first + 160, first + 199], limits: { webrtcLegs: 0 } }));
  const phone = kept(phones, await TestPhone.open(PCMA));
  await engine.load();
  const opening = engine.answer({ call: "c", leg: "a" }, "rtp", phone.sdp()).catch((error: unknown) => error);
  await engine.close("c");
  await opening;
  expect(await engine.load()).toMatchObject({ rtpLegs: 0 });
});
