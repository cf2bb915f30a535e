/** One request of each template, as the people of that trade work it through. Names are those on the screen, in English. */
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

/** A field of the form by its path; `choose` an option, `press` what stands there by that name, `named` an input by its name, `type` and stay in the field. */
export type Answer = [path: string, value: string, how?: "write" | "type" | "choose" | "press" | "named"];

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
const on = (days: number): string => at(days).slice(0, 10);
const [received, inWork, done, closed] = ["we have received your request", "we are working on your request", "done. Is everything all right?", "thank you, the request is closed"];

export const OPERATOR = "day.operator";
export const SUPERVISOR = "day.supervisor";
/** Who the demo has no people for. */
export const DEPARTMENTS = { credit: "bank", grid: "energy", maintenance: "production", drivers: "transport", experts: "support" } as const;
const worker = (department: keyof typeof DEPARTMENTS): string => `day.${department}`;

const INTERNET: Day = {
  template: "internet", title: "a mistaken payment is found by accounting, approved above the operator's limit and paid back (R140, R133)", type: "Mistaken payment", subject: "Paid somebody else's contract",
  client: { language: "en", familyName: "Reed", givenName: "Alice" },
  form: [["from_account", "SI56012345678"], ["amount", "150,00"], ["paid_on", on(-3)], ["receipt_number", "77"]],
  deeds: [
    { step: "Take into work", to: "In processing" }, { tick: "Receipt" },
    { step: "Let accounting verify it", fill: { Amount: "150.00", "Account to pay back to": "SI56012345678" }, to: "Being verified" }, { answer: "Has come under number 77", by: "zala.bizjak", to: "Verified" },
    { step: "Give it back", choose: { Cause: "A wrong number was typed" }, held: true, to: "Verified" }, { approve: "Refund", to: "Being paid back" }, { answer: "Payment 991", by: "zala.bizjak", to: "Paid back" }, { yes: done, to: "Closed" },
  ],
  told: [received, inWork, inWork, done, closed],
};

const SHOP: Day = {
  template: "shop", title: "goods come back to the warehouse before the money goes out (R133)", type: "Return of goods", subject: "Two chairs come back",
  client: { language: "sl", familyName: "Kovačič", givenName: "Mojca" },
  form: [
    ["order", "10018"], ["received_on", on(-4)], ["why", "Does not fit", "choose"], ["returned", "Add a row", "press"], ["returned.0.what", "Chair"], ["returned.0.count", "2"], ["returned.0.price", "20,00"],
    ["account", "SI56012345678"],
  ],
  deeds: [
    { step: "Take into work", to: "In processing" }, { step: "Accept the return", fill: { "Number of the parcel": "PKT-5" }, to: "The parcel is expected" }, { answer: "As new", by: "rok.hribar", to: "The warehouse has looked" },
    { press: "Give the money back", to: "With accounting" }, { answer: "Payment 3", by: "zala.bizjak", to: "Paid back" }, { yes: "izvedeno. Je vse v redu?", to: "Closed" },
  ],
  told: ["prejeli smo vaš zahtevek", "vaš zahtevek je v obdelavi", "vaše vračilo je sprejeto", "izvedeno. Je vse v redu?", "hvala, zahtevek je zaprt"],
};

const CARRIER = "raisa.belova";
const TAXI: Day = {
  template: "taxi", title: "an order whose street is in several cities goes to the carriers of its own, who bring it to its end (R197, R199)", type: "Taxi order", subject: "Podolsk to Moscow, two people",
  client: { language: "ru", familyName: "Громов", givenName: "Пётр" },
  form: [
    ["phone", "+79261234567"], ["from.street", "Советская", "type"], ["from", "Подольск: Советская улица", "press"], ["from.House", "3", "named"], ["to", "Москва"], ["to.street", "Тверская улица"],
    ["passengers", "2"], ["class", "Comfort", "choose"], ["read_back", "Yes", "press"],
  ],
  deeds: [
    { press: "Check the address", to: "Address is checked" }, { press: "Hand over to carriers", to: "Offered to carriers" },
    { step: "Accept the order", by: CARRIER, fill: { "Car and plate": "Škoda, А123ВС", "Minutes until the car comes": "7" }, to: "Car on the way" }, { press: "The car is there", by: CARRIER, to: "Car is waiting" },
    { press: "The ride has begun", by: CARRIER, to: "In the ride" }, { step: "The ride is finished", by: CARRIER, fill: { "Price of the ride": "640.00" }, to: "Ride finished" },
    { step: "The client says it is solved", fill: { Score: "5" }, to: "Closed" },
  ],
  told: ["машина уже едет", "спасибо, заявка закрыта"],
};

const BANK: Day = {
  template: "bank", made: { key: "vesna-bank", name: "Vesna Bank", prefix: "VEB", numbers: ["+38615550461", "461"] },
  title: "a loan is applied for with consent, scored, approved by who may and paid out with the contract signed (R204, R216)", type: "Loan application", subject: "Loan for a kitchen",
  client: { language: "sl", familyName: "Žagar", givenName: "Špela" },
  form: [
    ["applicant.surname", "Žagar"], ["applicant.given", "Špela"], ["born_on", "1990-05-05"], ["document.number", "PB1234567"], ["phone", "+38640123456"], ["employment", "Employed", "choose"], ["employer", "Lipa d.o.o."],
    ["income", "1900,00"], ["amount", "8000,00"], ["months", "60"], ["purpose", "Home and renovation", "choose"], ["consent", "Agrees", "press"],
  ],
  deeds: [
    { step: "Take into work", to: "Application is filled in" }, { step: "Send to scoring", choose: { "Identity was checked": "Yes" }, to: "Scoring" }, { answer: "Can carry it", by: worker("credit"), to: "Waiting for the decision" },
    { step: "Approve", held: true, to: "Waiting for the decision" }, { approve: "Loan", to: "Approved" }, { tick: "Before paying out" },
    { step: "Contract signed, paid out", fill: { "Number of the contract": "KP-1", "What was done": "Paid out to the account" }, to: "Paid out" }, { yes: "izvedeno. Je vse v redu?", to: "Closed" },
  ],
  told: ["prejeli smo vaš zahtevek", "vaš zahtevek je v obdelavi", "vaša vloga je odobrena", "izvedeno. Je vse v redu?", "hvala, zahtevek je zaprt"],
};

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
    { press: "Agree on it", to: "Being agreed" }, { tick: "Before the stop" }, { step: "Stop the line", held: true, to: "Being agreed" }, { approve: "Stop of a line in hours", to: "The line stands" },
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
    { step: "The vehicle has arrived", choose: { Cause: "Traffic", Outcome: "Solved" }, fill: { "What was done": "Arrived at 08:06" }, to: "Arrived" }, { yes: done, to: "Closed" },
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
    { step: "Mended", choose: { Cause: "Program", Outcome: "Solved" }, fill: { "What was done": "The certificate was renewed" }, to: "Mended" }, { yes: done, to: "Closed" },
  ],
  told: [received, inWork, done, closed],
};

export const DAYS: readonly Day[] = [INTERNET, SHOP, TAXI, BANK, ENERGY, PRODUCTION, TRANSPORT, SUPPORT];
