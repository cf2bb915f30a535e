import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";

const source = fileURLToPath(new URL("../../projects", import.meta.url));
const ways = {
  callback: { do: "callback", offer: ["callback_offer"], key: "1", timeout_s: 8, thanks: ["callback_thanks"], declined: "bye", no_number: "bye" },
  bye: { do: "hang_up", prompts: ["goodbye"] },
};
const always = ["00:00-24:00"];
const week = (hours: string[]) => Object.fromEntries(["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, hours]));

/**
 * The company's own declarations with flows that come to the point:
 * 1000 the company: language and project at once; 100 internet: a menu at once (1 support, 2 sales); 200 shop: answered, straight to the queue; 300 taxi: only rings
 * until an operator answers; 900 night: closed now, offers a callback. `ringS` is how long an operator is rung.
 */
export function writeDeclarations(folder: string, ringS = 5): void {
  cpSync(source, folder, { recursive: true });
  const change = (file: string, edit: (content: Record<string, unknown>) => unknown): void => {
    const path = join(folder, file);
    writeFileSync(path, stringify(edit(parse(readFileSync(path, "utf8")) as Record<string, unknown>)));
  };
  const flow = (project: string, ivr: object): void => change(`${project}/ivr.yaml`, () => ivr);
  const wait = (queue: string) => ({ do: "queue", queue, prompts: [], keys: { "1": "callback" }, waited_too_long: "callback" });

  cpSync(join(folder, "shop"), join(folder, "night"), { recursive: true });
  change("night/project.yaml", (project) => ({ ...project, key: "night", numbers: ["+38615550900", "900"], caller_id: "+38615550900", ticket_prefix: "NGT" }));
  change("night/demo/scenes.yaml", (scenes) => ({ ...scenes, clients: 1, tickets: 0, calls: 0, reviews: [] }));
  // Open for one minute, three days from now.
  const opens = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][(new Date().getUTCDay() + 3) % 7]!;
  change("night/calendar.yaml", () => ({ weekly: { ...week([]), [opens]: ["12:00-12:01"] } }));
  for (const open of ["internet", "shop", "taxi"]) change(`${open}/calendar.yaml`, () => ({ weekly: week(always) }));
  for (const ringing of ["internet", "shop", "taxi"]) change(`${ringing}/queues.yaml`, (file) => ({ queues: (file.queues as object[]).map((queue) => ({ ...queue, ring_s: ringS })) }));

  // Whoever dials the company is asked for the language at once.
  change("company.yaml", (company) => {
    const { welcome: _welcome, known: _known, ...steps } = (company.ivr as { steps: Record<string, object> }).steps;
    return { ...company, projects: ["internet", "shop", "taxi", "night"], ivr: { start: "language", steps } };
  });
  flow("internet", {
    start: "topic",
    steps: { topic: { do: "menu", prompts: ["internet_menu"], keys: { "1": "support", "2": "sales" }, timeout_s: 20, retries: 0, default: "support" }, support: wait("internet-support"), sales: wait("internet-sales"), ...ways },
  });
  flow("shop", { start: "queue", steps: { queue: wait("shop-orders"), ...ways } });
  flow("taxi", { answer: "by_operator", start: "queue", steps: { queue: { do: "queue", queue: "taxi-orders", keys: { "1": "callback" } }, ...ways } });
  flow("night", { start: "hours", steps: { hours: { do: "hours", open: "queue", closed: "callback" }, queue: wait("shop-orders"), ...ways } });
}
