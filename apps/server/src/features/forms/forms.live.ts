import type { FastifyReply } from "fastify";
import type { Ctx } from "../../platform/db.ts";
import { tooMany } from "../../platform/errors.ts";
import { onCommitted } from "../../platform/events.ts";
import type { App } from "../../platform/http.ts";
import { bySecret } from "./forms.shared.service.ts";
import { selectByLinkId } from "./forms.sql.ts";

/** How soon another node's change is seen here; this node's are told at once. */
const LOOK_MS = 2_000;
const MOST_OF_ONE = 5;
const MOST = 1_000;

/** Streams to clients' pages: they are told that their form is worth fetching again, never what is in it. */
export class LiveForms {
  private readonly streams = new Map<string, Set<() => void>>();
  private readonly responses = new Set<FastifyReply["raw"]>();
  private readonly stopHearing: () => void;

  constructor() {
    this.stopHearing = onCommitted((events) => {
      for (const { subject } of events) if (subject.kind === "form") for (const look of this.streams.get(subject.id) ?? []) look();
    });
  }

  /** Throws before anything is written when the link is no good or there are too many streams. */
  async open(ctx: Ctx, secret: string, reply: FastifyReply): Promise<void> {
    const { id } = await bySecret(ctx, secret);
    const mine = this.streams.get(id) ?? new Set();
    if (mine.size >= MOST_OF_ONE || this.responses.size >= MOST) throw tooMany(30);
    reply.hijack();
    // Gone while we asked who it is: nobody would tell us to clean up.
    if (reply.raw.destroyed) return;
    reply.raw.on("error", () => reply.raw.destroy());
    // Proxies would gather what they are told to pass on at once.
    reply.raw.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no", "referrer-policy": "no-referrer" });
    let last = "";
    const look = async (): Promise<void> => {
      const now = await selectByLinkId(ctx.db, id, new Date()).catch(() => null);
      if (reply.raw.writableEnded) return;
      if (now === undefined) reply.raw.end("event: closed\ndata: {}\n\n");
      else if (now && now.mark !== last) reply.raw.write(`data: ${JSON.stringify({ version: now.version })}\n\n`);
      last = now?.mark ?? last;
    };
    const told = (): void => { void look(); };
    const timer = setInterval(told, LOOK_MS);
    this.streams.set(id, mine.add(told));
    this.responses.add(reply.raw);
    reply.raw.once("close", () => {
      clearInterval(timer);
      this.responses.delete(reply.raw);
      mine.delete(told);
      if (mine.size === 0) this.streams.delete(id);
    });
    await look();
  }

  /** Ends every stream: a server that closes waits for what it is answering. */
  stop(): void {
    this.stopHearing();
    for (const response of this.responses) response.end();
  }
}

export function endStreams(app: App, live: LiveForms): void {
  app.addHook("preClose", (done) => { live.stop(); done(); });
}
