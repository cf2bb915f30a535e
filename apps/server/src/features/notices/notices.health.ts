import type { Config } from "../../platform/config.ts";
import type { Ctx } from "../../platform/db.ts";
import { measured } from "../../platform/metrics.ts";
import type { Probe, Seen } from "../health/index.ts";
import { selectOutgoing, type Outgoing } from "./notices.sql.ts";

const LATE_S = 60;

/** Mails to clients leave: the oldest that should have gone and has not, and what the mail server said last. */
export function mailProbe(ctx: Ctx, config: MailSettings): Probe {
  const look = (): Promise<Outgoing> => selectOutgoing(ctx.db, ctx.now());
  measured("notices_waiting_seconds", "How long the oldest mail to a client has waited to be sent", async () => (await look()).waitsS);
  // Nothing has to fail first: without a server every mail will.
  if (sendsNoMail(config)) return { name: "mail_unset", optional: true, look: () => ({ state: "degraded", detail: "SMTP_URL" }) };
  return { name: "mail", optional: true, look: async () => judgeMail(await look()) };
}

type MailSettings = Pick<Config, "SMTP_URL" | "LINIJA_DEMO">;
/** There is no mail server: none is named, and the demo's does not run. */
export const sendsNoMail = ({ SMTP_URL, LINIJA_DEMO }: MailSettings): boolean => !SMTP_URL && !LINIJA_DEMO;

/**
 * A mail that waits is nothing bad by itself: one full mailbox is tried again for days. Mail fails when nobody takes what
 * is due, when the last of all tries was a failure and nothing has been sent since, or when all of the last were refused.
 */
function judgeMail({ waitsS, dueS, lastError, failsSince, isRefused }: Outgoing): Seen {
  const fails = (failsSince && waitsS > LATE_S) || isRefused;
  const said = fails && lastError ? `, ${kindOf(lastError)}` : "";
  return { state: fails || dueS > LATE_S ? "degraded" : "ok", detail: `oldest waits ${waitsS} s${said}` };
}

/** Mail servers name hosts, people and passwords in what they say; only its code leaves the house (RFC 5321 §4.2, RFC 3463). */
const kindOf = (error: string): string => /\b[45]\d\d(?:[ -][45]\.\d{1,3}\.\d{1,3})?\b|\bE[A-Z]{4,}\b/.exec(error)?.[0] ?? "failed";
