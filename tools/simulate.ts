import { parseArgs } from "node:util";
import { PCMA, PCMU, strongestTone } from "@linija/media/testing";
import { readConfig } from "../apps/server/src/platform/config.ts";
import { type PhoneCall, SipPhone } from "../apps/server/src/testing/phone.ts";

let heardUpTo = 0;

/** `npm run simulate call --to 100`: a real SIP call with a tone to the local server; tells what it hears until the end. */
const usage = `npm run simulate call -- --to NUMBER [--from +38640123456] [--seconds 20] [--digits 1] [--tone 440] [--law alaw|ulaw] [--tcp] [--server HOST:PORT]
  --to       a number of the company: 1000, 100 (internet), 200 (shop), 300 (taxi)
  --digits   keys pressed one a second, beginning two seconds after the answer
  --server   the SIP address printed at the start; the configured one by default`;

const began = performance.now();
const say = (text: string): void => console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);
const after = (ms: number, done: () => void): NodeJS.Timeout => setTimeout(done, ms).unref();

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    to: { type: "string" }, from: { type: "string", default: "+38640123456" }, seconds: { type: "string", default: "20" }, digits: { type: "string", default: "" },
    tone: { type: "string", default: "440" }, law: { type: "string", default: "alaw" }, tcp: { type: "boolean", default: false }, server: { type: "string" }, help: { type: "boolean", default: false },
  },
});
if (values.help || positionals[0] !== "call" || !values.to || !(Number(values.seconds) > 0)) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
async function place(to: string): Promise<number> {
  const config = readConfig();
  const [host = config.SIP_HOST, port = String(config.SIP_PORT)] = values.server?.split(":") ?? [];
  const phone = await SipPhone.open({ server: { host, port: Number(port) }, proto: values.tcp ? "tcp" : "udp", law: values.law === "ulaw" ? PCMU : PCMA });
  say(`calling ${to} at ${host}:${port} as ${values.from} over ${values.tcp ? "TCP" : "UDP"}`);
  const call = await phone.call(to, { from: values.from });
  // Ctrl+C hangs up: a caller who vanishes without BYE is another test.
  process.once("SIGINT", () => void call.hangUp());
  try {
    return await talk(call);
  } finally {
    await phone.close();
  }
}

async function talk(call: PhoneCall): Promise<number> {
  const outcome = await Promise.race([call.waitFor("answered", 180_000), call.waitFor("failed", 180_000)]);
  if (outcome.kind === "failed") {
    say(`refused: ${outcome.status} ${outcome.reason}`);
    return 1;
  }
  say(`answered; singing ${values.tone} Hz`);
  call.sing(Number(values.tone));
  values.digits.split("").forEach((digit, index) => after(2_000 + index * 1_000, () => { say(`pressing ${digit}`); call.press(digit); }));
  const listening = setInterval(() => listen(call), 500);
  const ended = call.waitFor("ended", 86_400_000).then(({ why }) => say(why === "bye" ? "the far end hung up" : `the call died: ${why}`));
  const bored = new Promise<void>((resolve) => { setTimeout(resolve, Number(values.seconds) * 1_000); })
    .then(() => { if (!call.events.some(({ kind }) => kind === "ended")) say("hanging up"); });
  await Promise.race([ended, bored]);
  clearInterval(listening);
  await call.hangUp();
  return 0;
}

let lastTold = "";

/** Says what the last half second was when it is something new. */
function listen(call: PhoneCall): void {
  const samples = call.audio.samples(heardUpTo);
  const packets = call.audio.heard.length - heardUpTo;
  heardUpTo = call.audio.heard.length;
  const loudness = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length));
  const tone = strongestTone(samples, [300, 350, 425, 440, 500, 600, 700, 800, 900, 1_000]);
  const now = packets === 0 ? "nothing arrives" : loudness < 60 ? "silence" : tone !== null ? `a tone of ${tone} Hz` : "speech or music";
  if (now !== lastTold) say(`hearing ${now}`);
  lastTold = now;
}

process.exit(await place(values.to));
