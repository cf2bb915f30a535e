/** `npm run bench -- NAME [--json]`: human lines; with --json one JSON object as the last line. */
const benches: Record<string, () => Promise<{ run(say: (line: string) => void): Promise<Record<string, number>> }>> = {
  start: () => import("./bench/start.ts"),
  routing: () => import("./bench/routing.ts"),
  "voice-signalling": () => import("./bench/voice-signalling.ts"),
  "voice-media": () => import("./bench/voice-media.ts"),
  http: () => import("./bench/http.ts"),
  desk: () => import("./bench/desk.ts"),
  rules: () => import("./bench/rules.ts"),
  tickets: () => import("./bench/tickets.ts"),
  clocks: () => import("./bench/clocks.ts"),
  automation: () => import("./bench/automation.ts"),
};

const [name = "", ...flags] = process.argv.slice(2);
const found = benches[name];
if (!found) {
  console.error(`Name a bench: ${Object.keys(benches).join(", ")}`);
  process.exit(2);
}
const bench = await found();
const figures = await bench.run((line) => console.log(line));
for (const [figure, value] of Object.entries(figures)) console.log(`${figure.padEnd(26)} ${value}`);
if (flags.includes("--json")) console.log(JSON.stringify({ bench: name, figures }));
process.exit(0);
