import { type PhoneCall, type PhoneOptions, SipPhone } from "../../apps/server/src/testing/phone.ts";
import { Desk } from "./desk.ts";
import { eventually } from "./eventually.ts";
import { Wire } from "./wire.ts";

export const PASSWORD = "a-password-of-the-test";
export type Operator = Desk & { phone: SipPhone; extension: string };

export interface CallRow {
  id: string; state: string; outcome: string | null; projectKey: string | null; queueId: string | null; operatorId: string | null; fromNumber: string;
  clientId: string | null; callbackId: string | null; answeredAt: Date | null; endedAt: Date | null; recordingId: string | null; disposition: string | null;
}
export interface TicketRow { id: string; number: string; type: string; status: string; contactPhone: string; dueAt: Date | null; queueId: string; cause: string; projectKey: string }
export interface Talk { id: string; from: string; /** The caller's side. */ call: PhoneCall; /** The operator's. */ theirs: PhoneCall }

/** A running installation as its people meet it and as its tables tell of it, in however many processes. */
export abstract class House {
  readonly phones = new Set<SipPhone>();
  #callers = 100_000 + Math.floor(Math.random() * 800_000);

  /** Where the desk is. */
  abstract get url(): string;
  abstract get sip(): { host: string; port: number };
  protected abstract query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;

  /** A number nobody has called from. */
  number(): string { return `+38640${this.#callers++}`; }

  async phone(options: Partial<PhoneOptions> = {}): Promise<SipPhone> {
    const phone = await SipPhone.open({ server: this.sip, ...options });
    this.phones.add(phone);
    return phone;
  }

  async closePhones(): Promise<void> {
    const phones = [...this.phones];
    this.phones.clear();
    await Promise.allSettled(phones.map((phone) => phone.close()));
  }

  wire(): Promise<Wire> { return Wire.open(this.sip); }

  desk(login: string): Promise<Desk> { return Desk.open(() => this.url, login, PASSWORD); }

  /** An operator signed in at the desk, with a registered phone that behaves as told; not ready yet. */
  async operator(login: string, options: Partial<PhoneOptions> = {}): Promise<Operator> {
    const desk = await this.desk(login);
    const [line] = await this.rows<{ extension: string }>("select sip_user as extension from operators where user_id = $1", [desk.userId]);
    const { extension } = line!;
    const phone = await this.phone({ user: extension, password: PASSWORD, ...options });
    const status = await phone.register();
    if (status !== 200) throw new Error(`${login}: REGISTER ${status}`);
    await desk.send("PUT", "/api/calls/line/device", { device: "phone" });
    return Object.assign(desk, { phone, extension });
  }

  /** Somebody nobody knows calls. */
  async caller(to: string, options: Partial<PhoneOptions> = {}): Promise<{ from: string; call: PhoneCall }> {
    const from = this.number();
    return { from, call: await (await this.phone(options)).call(to, { from }) };
  }

  /** A caller and this operator talk; the operator's phone must be one that answers. */
  async talk(operator: Operator, caller: Partial<PhoneOptions> = {}): Promise<Talk> {
    await operator.ready();
    const { from, call } = await this.caller("300", caller);
    await call.waitFor("answered");
    const { id } = await this.call(from, { state: "talking", operatorId: operator.userId });
    return { id, from, call, theirs: operator.phone.calls.at(-1)! };
  }

  async rows<T = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<T[]> {
    const { rows } = await this.query(text, values);
    return (rows as Record<string, unknown>[]).map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase()), value])) as T);
  }

  callsFrom(number: string): Promise<CallRow[]> { return this.rows<CallRow>("select * from interactions where from_number = $1 order by started_at", [number]); }

  /** The one call from this number once it is as told. */
  call(number: string, as: Partial<CallRow> = {}, withinMs?: number): Promise<CallRow> {
    return eventually(async () => {
      const calls = await this.callsFrom(number);
      const [call] = calls;
      const wrong = Object.entries(as).filter(([key, value]) => call?.[key as keyof CallRow] !== value);
      if (calls.length !== 1 || !call || wrong.length > 0) throw new Error(`calls from ${number}: ${JSON.stringify(calls)}, wanted ${JSON.stringify(as)}`);
      return call;
    }, withinMs);
  }

  /** States of the offers of a call, in order. */
  offers(callId: string): Promise<{ state: string; operatorId: string }[]> { return this.rows("select state, operator_id from offers where interaction_id = $1 order by offered_at", [callId]); }

  tickets(callId: string): Promise<TicketRow[]> { return this.rows(`${TICKET} from tickets t where interaction_id = $1`, [callId]); }

  /** The callback ticket that a call is owed, its own or an earlier one it is counted on; exactly one. */
  async callback(callId: string): Promise<TicketRow> {
    const tickets = await this.rows<TicketRow>(`${TICKET} from interactions i join tickets t on t.id = i.callback_id where i.id = $1 and t.type = 'callback'`, [callId]);
    if (tickets.length !== 1) throw new Error(`callbacks of the call: ${JSON.stringify(tickets)}; its tickets: ${JSON.stringify(await this.tickets(callId))}`);
    return tickets[0]!;
  }
}

const TICKET = "select t.*, t.fields->>'queueId' as queue_id, t.fields->>'cause' as cause";

/** The last lines of a log, for who reads of a failure. */
export const lastLines = (log: string, count: number): string => log.trim().split("\n").slice(-count).join("\n");
