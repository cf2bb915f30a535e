import { timingSafeEqual, createHash } from "node:crypto";
import { isIPv4 } from "node:net";
import type { FastifyRequest } from "fastify";
import type { Ctx } from "../../platform/db.ts";
import { forbidden } from "../../platform/errors.ts";
import { mount, type App } from "../../platform/http.ts";
import { languageOf } from "../../platform/messages.ts";
import { registry } from "../../platform/metrics.ts";
import { alive, ready } from "./health.contract.ts";
import { metricsToken, readiness, type Probe } from "./health.service.ts";

export interface HealthDeps { /** The system's own context: health is looked at without anybody signed in. */ ctx: Ctx; probes: Probe[] }

export function healthRoutes(app: App, deps: HealthDeps): void {
  mount(app, alive, "anyone", async () => ({ state: "ok" as const }));
  mount(app, ready, "anyone", async (_ctx, _input, { request, reply }) => {
    const seen = await readiness(deps.ctx, deps.probes, languageOf(request));
    reply.status(seen.state === "down" ? 503 : 200).header("cache-control", "no-store");
    if (seen.state === "down") reply.header("retry-after", "5");
    return seen;
  });
  app.get("/api/metrics", { schema: { summary: "Figures for Prometheus: from this machine, or with the bearer token `metrics_token` of the settings", tags: ["health"] } }, async (request, reply) => {
    if (!(await mayScrape(deps.ctx, request))) throw forbidden();
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

/** Loopback by the socket's own address: behind a proxy on this machine every visitor would look local, so there a token is needed. */
async function mayScrape(ctx: Ctx, request: FastifyRequest): Promise<boolean> {
  const isForwarded = request.headers["x-forwarded-for"] !== undefined || request.headers.forwarded !== undefined;
  if (!isForwarded && isLoopback(request.socket.remoteAddress ?? "")) return true;
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  const token = given ? await metricsToken(ctx) : null;
  return token !== null && timingSafeEqual(sha256(token), sha256(given!));
}

const sha256 = (text: string) => createHash("sha256").update(text).digest();

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, "");
  return plain === "::1" || (isIPv4(plain) && plain.startsWith("127."));
}
