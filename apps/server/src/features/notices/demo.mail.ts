import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import type { AddressObject } from "mailparser";
import { SMTPServer } from "smtp-server";
import type { Ctx } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { insertDemoMail, trimDemoMails } from "./demo.mail.sql.ts";

const KEEP = 500;
const MAX_BYTES = 1024 * 1024;

export interface DemoMailServer { port: number; url: string; stop(): Promise<void> }

/**
 * The demo's own SMTP server: a real one, on loopback only, that keeps what it gets for `/demo/mail` and sends nothing
 * on. When the port is taken, another free one is used.
 */
export async function startDemoMail(ctx: Ctx, port: number): Promise<DemoMailServer> {
  const server = await listen(ctx, port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE" && error.code !== "EACCES") throw error;
    return listen(ctx, 0);
  });
  const bound = (server.server.address() as AddressInfo).port;
  return { port: bound, url: `smtp://127.0.0.1:${bound}`, stop: () => new Promise((resolve) => { server.close(() => resolve()); }) };
}

function listen(ctx: Ctx, port: number): Promise<SMTPServer> {
  const server = new SMTPServer({
    authOptional: true, disabledCommands: ["STARTTLS", "AUTH"], size: MAX_BYTES, logger: false, disableReverseLookup: true, closeTimeout: 2_000,
    onData: (stream, _session, done) => { void receive(ctx, stream, done); },
  });
  server.on("error", (error) => ctx.log.debug({ error: error.message }, "demo mail server"));
  return new Promise((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(port, "127.0.0.1", () => { server.server.removeListener("error", reject); resolve(server); });
  });
}

async function receive(ctx: Ctx, stream: Readable, done: (error?: Error) => void): Promise<void> {
  try {
    await keep(ctx, stream);
  } catch (error) {
    ctx.log.warn({ error: String(error) }, "the demo mail server could not keep a mail");
    done(Object.assign(new Error("not kept, try again"), { responseCode: 451 }));
    return;
  }
  done();
}

async function keep(ctx: Ctx, stream: Readable): Promise<void> {
  // Loaded with the first mail: it is large, and a start need not wait for it.
  const { simpleParser } = await import("mailparser");
  const parsed = await simpleParser(stream, { skipTextToHtml: true, skipImageLinks: true, maxHtmlLengthToParse: MAX_BYTES });
  const recipients = parsed.to === undefined ? "" : [parsed.to].flat().map((each: AddressObject) => each.text).join(", ");
  await insertDemoMail(ctx.db, {
    id: newId(ctx.now().getTime()), receivedAt: ctx.now(), sender: parsed.from?.text ?? "", recipients, subject: parsed.subject ?? "", messageId: parsed.messageId ?? "",
    bodyText: parsed.text ?? "", bodyHtml: parsed.html || "",
  });
  await trimDemoMails(ctx.db, KEEP);
}
