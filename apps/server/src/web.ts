import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type pg from "pg";
import type { MediaEngine } from "@linija/media";
import type { SipStack } from "@linija/sip";
import type { Config } from "./platform/config.ts";
import type { Ctx } from "./platform/db.ts";
import { AppError } from "./platform/errors.ts";
import { closeHttp, createHttp, type App } from "./platform/http.ts";
import type { Pulse } from "./platform/pulse.ts";
import type { Rpc } from "./platform/rpc.ts";
import { contextOf, toldAtDesk } from "./features/access/index.ts";
import type { Voice, WholePlan } from "./features/calls/index.ts";
import type { Begun, DeclarationsDeps } from "./features/declarations/index.ts";
import type { Declarations } from "./features/projects/index.ts";
import { selectOperators } from "./features/operators/index.ts";
import type { RouterClient } from "./features/queues/index.ts";
import { startRealtime } from "./features/realtime/index.ts";

import { mountRoutes } from "./routes.ts";

export interface WebInput {
  ctx: Ctx; config: Config; rpc: Rpc; router: RouterClient; plan: WholePlan; declarations: () => Declarations; projects: DeclarationsDeps & Pick<Begun, "differing" | "problems">; voice: Voice | null; media: MediaEngine | null; sip: SipStack | null; pool: pg.Pool; root: string; pulse: Pulse;
}
export interface Web { app: App; publicUrl: string; port: number; stop(): Promise<void> }

/** The web role: desk, API, sockets, the client's pages; and, in the demo, the mail server. */
export async function startWeb(input: WebInput): Promise<Web> {
  const { ctx, config } = input;
  const app = await createHttp({ log: ctx.log, trustProxy: config.TRUST_PROXY, contextOf: contextOf({ db: ctx.db, log: ctx.log }), toldTo: toldAtDesk, isHung: () => input.pulse.isHung });
  const port = await freePort(config.HTTP_HOST, config.HTTP_PORT);
  const publicUrl = config.PUBLIC_URL || `http://${config.HTTP_HOST === "0.0.0.0" ? "127.0.0.1" : config.HTTP_HOST}:${port}`;
  await mountRoutes(app, { ...input, publicUrl });
  await serveWidget(app, input.root);
  await serveDesk(app, input.root);
  await app.listen({ host: config.HTTP_HOST, port });
  const realtime = startRealtime(app.server, { db: ctx.db, log: ctx.log, rpc: input.rpc, operators: async () => (await selectOperators(ctx.db)).map((operator) => operator.id), deskGone: (userId) => { void input.router.deskGone(userId).catch(() => undefined); } });
  return {
    app, publicUrl, port,
    stop: async () => { realtime.stop(); await closeHttp(app); },
  };
}

/** "Call us" for web pages of companies: one script under a name that never changes. */
async function serveWidget(app: App, root: string): Promise<void> {
  const dist = join(root, "apps/widget/dist");
  if (existsSync(dist)) await app.register(fastifyStatic, { root: dist, prefix: "/widget/", decorateReply: false, index: false, dotfiles: "deny", setHeaders: (response) => { response.header("cache-control", "public, max-age=300"); } });
}

/** The built desk; unknown paths outside the API are the desk's own routes. */
async function serveDesk(app: App, root: string): Promise<void> {
  const dist = join(root, "apps/desk/dist");
  if (!existsSync(join(dist, "index.html"))) return;
  // Files are looked up at each request, so that a new build of the desk is served without a restart.
  await app.register(fastifyStatic, { root: dist, prefix: "/", serve: false, dotfiles: "deny", setHeaders: (response, path) => {
    response.header("cache-control", /assets\/.+-[\w-]{8,}\.\w+$/.test(path) ? "public, max-age=31536000, immutable" : "no-cache");
  } });
  app.get("/*", { schema: { hide: true } }, (request, reply) => {
    const pathname = request.url.split("?")[0]!;
    if (/^\/(api|widget|portal|demo|s|status)(\/|$)/i.test(pathname) || pathname.startsWith("//")) throw new AppError("not_found", "no_such_page", { params: { path: pathname } });
    return reply.sendFile(/\.\w+$/.test(pathname) ? pathname : "index.html");
  });
}

/** The port asked for, or the next free one. */
async function freePort(host: string, wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 200; port++) {
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer().once("error", () => resolve(false)).listen(port, host, () => { probe.close(() => resolve(true)); });
    });
    if (free) return port;
  }
  return 0;
}
