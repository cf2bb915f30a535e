import { setTimeout as pause } from "node:timers/promises";
import type { PhoneCall, SipPhone } from "../../apps/server/src/testing/phone.ts";
import type { Desk } from "../tools/desk.ts";
import type { Operator } from "../tools/house.ts";
import type { Installation } from "./installation.ts";
import type { Random } from "../../packages/routing/src/random.ts";

/** Everything the server has acknowledged to anybody. None of it may ever be missing. */
export class Ledger {
  /** Numbers of tickets answered with 200. */
  readonly tickets: string[] = [];
  /** Calls whose wrap-up was answered with 200. */
  readonly wrapUps: string[] = [];
  /** Callers whose INVITE was answered with 200. */
  readonly answered: string[] = [];
  /** Callers whose call is not over for themselves. */
  readonly live = new Set<string>();
  /** How and when calls ended for their callers; told when one did not end for the server. */
  readonly over = new Map<string, string>();
  refused = 0;
}

/** Clients who call, operators who answer, talk and wrap up, and people who register tickets: until stopped. */
export class Load {
  readonly ledger = new Ledger();
  readonly #house: Installation;
  readonly #random: Random;
  #isOver = false;
  #running: Promise<void>[] = [];

  constructor(house: Installation, random: Random) {
    this.#house = house;
    this.#random = random;
  }

  #between(from: number, to: number): number { return from + this.#random.below(to - from); }

  begin(operators: Operator[], clerk: Desk, callers: number): void {
    this.#running = [...operators.map((operator) => this.#work(operator)), this.#register(clerk), ...Array.from({ length: callers }, () => this.#callAgain())];
  }

  /** Nobody calls any more; resolves when the last call is over. */
  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  /** Whatever fails while something is being killed is tried again, as people do. */
  async #forever(deed: () => Promise<void>, restMs: () => number): Promise<void> {
    while (!this.#isOver) {
      await deed().catch(() => { this.ledger.refused += 1; });
      await pause(restMs());
    }
  }

  #work(operator: Operator): Promise<void> {
    return this.#forever(async () => {
      const { state, call } = await operator.line();
      if (state !== "talking") for (const past of operator.phone.calls.slice(0, -1)) forget(operator.phone, past);
      if (state === "wrap_up" && call) {
        await operator.send("POST", `/api/calls/${call.id}/wrap-up`, { disposition: "wrong-number", ready: true });
        this.ledger.wrapUps.push(call.id);
      } else if (state === "offline" || state === "not_ready") await operator.ready();
    }, () => this.#between(60, 160));
  }

  #register(clerk: Desk): Promise<void> {
    return this.#forever(async () => {
      const ticket = await clerk.send("POST", "/api/tickets", { projectKey: "shop", type: "question", subject: "Where is my parcel?" });
      this.ledger.tickets.push(ticket.number as string);
    }, () => this.#between(30, 90));
  }

  async #callAgain(): Promise<void> {
    const phone = await this.#house.phone();
    await this.#forever(async () => { await this.call(phone, this.#random.chance(0.25) ? "300" : "200"); }, () => this.#between(20, 120));
  }

  /** One call from a number nobody has called from: some hang up while waiting, others talk to the end. False when it was refused. */
  async call(phone: SipPhone, to: string, talkMs = this.#between(50, 1_500)): Promise<boolean> {
    const from = this.#house.number();
    const { ledger } = this;
    ledger.live.add(from);
    const call = await phone.call(to, { from });
    try {
      if (!(await wasAnswered(call))) return false;
      ledger.answered.push(from);
      if (this.#random.chance(0.3)) call.sing(440);
      await Promise.race([call.waitFor("ended", 60_000).catch(() => undefined), pause(talkMs)]);
      await call.hangUp();
      return true;
    } finally {
      ledger.live.delete(from);
      ledger.over.set(from, `${new Date().toISOString()} ${call.line.state} ${JSON.stringify(call.events)}`);
      forget(phone, call);
    }
  }
}

/** Gives the sound socket of a finished call back. */
function forget(phone: SipPhone, call: PhoneCall): void {
  const at = phone.calls.indexOf(call);
  if (at < 0) return;
  phone.calls.splice(at, 1);
  call.audio.close();
}

/** A phone sends its INVITE again until somebody answers, so an outage of seconds is only a longer wait. */
async function wasAnswered(call: PhoneCall): Promise<boolean> {
  const { kind } = await Promise.race([call.waitFor("answered", 40_000), call.waitFor("failed", 40_000)].map((event) => event.catch(() => ({ kind: "failed" as const }))));
  return kind === "answered";
}
