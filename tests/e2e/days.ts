/** One request of a template, as the people of that trade work it through. Names are those on the screen, in English. */
export interface Day {
  template: string;
  /** Of a project made here; absent: the demo has it in use already. */
  made?: { key: string; name: string; prefix: string; numbers: [string, string] };
  title: string; type: string; subject: string;
  client: { language: "en" | "ru" | "sl"; familyName: string; givenName: string };
  form: Answer[];
  deeds: Deed[];
  /** Subjects of the letters to the client, the first one first, after the number. */
  told: string[];
}

/** A field of the form by its path; `choose` an option, `press` what stands there by that name, `named` an input by its name. */
export type Answer = [path: string, value: string, how?: "write" | "choose" | "press" | "named"];

/** `to` is the stage the operator sees at once, without asking for it. */
export type Deed =
  /** A step whose form asks for something, or says that the client is told. `held`: it waits for who may. */
  | { step: string; by?: string; fill?: Record<string, string>; choose?: Record<string, string>; held?: true; to: string }
  /** A step of one press. */
  | { press: string; by?: string; to: string }
  | { tick: string }
  | { approve: string; to: string }
  /** A department answers the task it was given. */
  | { answer: string; by: string; to: string }
  /** The client opens the link of the letter with these words, and says that it is solved. */
  | { yes: string; to: string };

const at = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 16);
const [received, inWork, done, closed] = ["we have received your request", "we are working on your request", "done. Is everything all right?", "thank you, the request is closed"];

export const OPERATOR = "day.operator";
export const SUPERVISOR = "day.supervisor";
/** Who the demo has no people for. */
export const DEPARTMENTS = { grid: "energy", maintenance: "production", drivers: "transport", experts: "support" } as const;
const worker = (department: keyof typeof DEPARTMENTS): string => `day.${department}`;

const ENERGY: Day = {
  template: "energy", made: { key: "vesna-energy", name: "Vesna Energy", prefix: "VEN", numbers: ["+38615550462", "462"] },
  title: "a planned outage is told in time, agreed by who may for so many, and ends when the crew says so (R362, R216)", type: "Planned outage", subject: "New transformer at TP 5",
  client: { language: "en", familyName: "Miller", givenName: "Ruth" },
  form: [["object", "TP 5"], ["area", "Dunajska cesta 1–40"], ["from_at", at(4)], ["to_at", at(4.2)], ["consumers", "300"], ["work", "New transformer"]],
  deeds: [
    { press: "Prepare", to: "Being prepared" }, { tick: "Before the announcement" }, { step: "Announce", fill: { "Consumers told": "300" }, held: true, to: "Being prepared" },
    { approve: "Planned outage by consumers", to: "Announced" }, { press: "Switch off", to: "Switched off" }, { answer: "Safe, nobody is on the line", by: worker("grid"), to: "Switched on again" },
    { yes: "electricity is back", to: "Closed" },
  ],
  told: ["planned work in your area", "electricity is back", closed],
};

const PRODUCTION: Day = {
  template: "production", made: { key: "vesna-works", name: "Vesna Works", prefix: "VWO", numbers: ["+38615550463", "463"] },
  title: "a line is stopped for as long as the supervisor agrees to, and runs again when maintenance says so (R360)", type: "Planned stop", subject: "Bearings of line L2",
  client: { language: "ru", familyName: "Орлов", givenName: "Борис" },
  form: [["line", "L2"], ["from_at", at(1)], ["to_at", at(1.3)], ["why", "Bearings are worn"]],
  deeds: [
    { press: "Agree on it", to: "Being agreed" }, { tick: "Before the stop" }, { step: "Stop the line", fill: { "Hours of the stop": "6" }, held: true, to: "Being agreed" }, { approve: "Stop of a line in hours", to: "The line stands" },
    { answer: "Locks are away", by: worker("maintenance"), to: "Started again" }, { yes: "выполнено. Всё ли в порядке?", to: "Closed" },
  ],
  told: ["плановая остановка линии", "выполнено. Всё ли в порядке?", "спасибо, заявка закрыта"],
};

const TRANSPORT: Day = {
  template: "transport", made: { key: "vesna-lines", name: "Vesna Lines", prefix: "VLI", numbers: ["+38615550464", "464"] },
  title: "the driver of a late vehicle is asked, and who waits for it is told (R361, R201)", type: "Delay of a vehicle", subject: "The 07:40 has not come",
  client: { language: "en", familyName: "Hill", givenName: "George" },
  form: [["route", "24, 07:40"], ["vehicle", "LJ 12-345"], ["minutes", "25"], ["cause", "Traffic", "choose"]],
  deeds: [
    { press: "Take into work", to: "With the dispatcher" }, { step: "Write to the driver", fill: { "Message to the driver": "Where are you?" }, to: "The driver is asked" },
    { answer: "Behind an accident, 20 minutes", by: worker("drivers"), to: "With the dispatcher" }, { step: "Tell the passengers", fill: { "Expected at": at(0.02) }, to: "Passengers are told" },
    { step: "The vehicle has arrived", fill: { "What was done": "Arrived at 08:06" }, to: "Arrived" }, { yes: done, to: "Closed" },
  ],
  told: ["your ride is delayed", done, closed],
};

const SUPPORT: Day = {
  template: "support", made: { key: "vesna-support", name: "Vesna Support", prefix: "VSU", numbers: ["+38615550465", "465"] },
  title: "an incident goes through a remote session and the second line to its end (R363)", type: "Incident", subject: "Mail says 0x800CCC0E",
  client: { language: "en", familyName: "Young", givenName: "Kate" },
  form: [["system", "Windows", "choose"], ["program", "Mail"], ["message", "0x800CCC0E"]],
  deeds: [
    { step: "Take into work", to: "Diagnostics" }, { step: "Begin a remote session", choose: { "The client agreed to remote control": "Yes" }, to: "Remote session" }, { press: "End the session", to: "Diagnostics" },
    { step: "Pass to the experts", fill: { "What the department should do": "The certificate has expired" }, to: "With the experts" }, { answer: "Renewed", by: worker("experts"), to: "Diagnostics" },
    { step: "Mended", choose: { Cause: "Program" }, fill: { "What was done": "The certificate was renewed" }, to: "Mended" }, { yes: done, to: "Closed" },
  ],
  told: [received, inWork, done, closed],
};

export const DAYS: readonly Day[] = [ENERGY, PRODUCTION, TRANSPORT, SUPPORT];
