import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import multipart from "@fastify/multipart";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { jsonSchemaTransform, serializerCompiler, validatorCompiler, hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import type { z } from "zod";
import type { Contract, Language, Problem } from "../features/api.contract.ts";
import type { Ctx } from "./db.ts";
import { AppError, conflict, HTTP_STATUS, invalid, isDatabaseAway, isOvertaken, unavailable, unauthenticated } from "./errors.ts";
import type { Log } from "./log.ts";
import { observeHttp } from "./metrics.ts";
import { hasMessage, languageOf, translate } from "./messages.ts";
import { badText, fieldProblem } from "./validation.ts";

export type App = FastifyInstance & { contextOf(request: FastifyRequest): Promise<Ctx>; toldTo(ctx: Ctx, reply: unknown): unknown };
type Part<T> = T extends z.ZodType ? z.output<T> : undefined;
export interface Input<C extends Contract> { params: Part<C["params"]>; query: Part<C["query"]>; body: Part<C["body"]> }
type Guard = "anyone" | "signed_in";
/** Who may knock, and how often one address may. */
type Access = Guard | { guard: Guard; limit: { max: number; perMs: number } };
type Handler<C extends Contract> = (ctx: Ctx, input: Input<C>, http: { request: FastifyRequest; reply: FastifyReply }) => Promise<z.input<C["reply"]>>;

export interface HttpOptions {
  log: Log;
  /** How many proxies in front are believed, or which. */
  trustProxy: false | number | string[];
  /** Builds the context of a request: who asks, from the session cookie; checks CSRF on writes. */
  contextOf: (request: FastifyRequest) => Promise<Ctx>;
  /** Every reply and refusal passes here on its way to a person: what of it this one may be told. */
  toldTo?: (ctx: Ctx, reply: unknown) => unknown;
  /** True while the database hangs: requests are then told so at once instead of hanging with it. */
  isHung?: () => boolean;
}

const MAX_BODY = 256 * 1024;
/** A connection on which nothing has moved for so long, because the far end neither sends nor reads, is cut. Sockets of desks have their own pings. */
const SILENT_MS = 60_000;
const IS_API = /^\/api\/(?!docs\/)/;
/** All of the API but health, which tells what is away. */
const NEEDS_DATABASE = /^\/api\/(?!health|docs|metrics)/;

export async function createHttp(options: HttpOptions): Promise<App> {
  const app = fastify({
    loggerInstance: options.log, logController: new LogController({ disableRequestLogging: true }), trustProxy: believed(options.trustProxy), bodyLimit: MAX_BODY,
    routerOptions: { maxParamLength: 200 }, frameworkErrors: (error, request, reply) => { sendProblem(error, request, reply as FastifyReply); }, requestTimeout: 30_000, connectionTimeout: SILENT_MS, http: { connectionsCheckingInterval: 5_000, headersTimeout: 20_000 }, genReqId: () => crypto.randomUUID(),
  }) as unknown as App;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  // A POST without a body is a deed without details, whatever its content type says.
  const json = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => { if (body === "") done(null); else void json(request, body as string, done); });
  app.decorate("contextOf", options.contextOf);
  app.decorate("toldTo", options.toldTo ?? ((_ctx: Ctx, reply: unknown) => reply));
  await app.register(cookie);
  await app.register(helmet, { contentSecurityPolicy: { directives: CSP }, crossOriginEmbedderPolicy: false, strictTransportSecurity: options.trustProxy !== false, xFrameOptions: { action: "deny" } });
  await app.register(multipart, { limits: { fileSize: 20 * 1024 * 1024, files: 1, fields: 8, parts: 10 } });
  await app.register(rateLimit, { global: false });
  await app.register(swagger, { openapi: { openapi: "3.1.0", info: { title: "Linija", version: "0.1.0", license: { name: "Apache-2.0" } } }, transform: jsonSchemaTransform });
  await app.register(swaggerUi, { routePrefix: "/api/docs", staticCSP: true, transformStaticCSP: ownHouseOnly });
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  app.setNotFoundHandler((request, reply) => sendProblem(new AppError("not_found", "no_such_page", { params: { path: request.url.split("?")[0]! } }), request, reply));
  app.addHook("onResponse", (request, reply, done) => { observeHttp(request.method, request.routeOptions.url ?? "none", reply.statusCode, reply.elapsedTime); done(); });
  app.addHook("preValidation", (request, _reply, done) => { done(badText({ params: request.params, query: request.query, body: request.body })); });
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    // Answers of the API are about people: nobody on the way keeps them, nor the browser of a shared desk. A route may say otherwise.
    if (IS_API.test(request.url)) reply.header("cache-control", "no-store");
    done();
  });
  // After all hooks of the request itself, so that pages of other sites may read this answer, too.
  app.addHook("preParsing", (request, _reply, payload, done) => {
    const isRefused = options.isHung?.() === true && NEEDS_DATABASE.test(request.url);
    done(isRefused ? unavailable("database_away", 2) : null, payload);
  });
  return app;
}

/** What is being answered is answered; a browser keeps its connection for its next request, and that would be waited for. */
export async function closeHttp(app: Pick<App, "server" | "close">): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), 50);
  const late = setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS_MS);
  await app.close().finally(() => { clearInterval(idle); clearTimeout(late); });
}

const LAST_ANSWERS_MS = 5_000;

/** The nearest proxies are believed, counted from us: what stands left of them in X-Forwarded-For anybody may have written. */
const believed = (proxies: HttpOptions["trustProxy"]) => (typeof proxies === "number" ? (_address: string, hop: number) => hop < proxies : proxies);

/** No inline script or style anywhere; `blob:` for recordings, `data:` for the tiny icons in style sheets. */
const CSP = {
  defaultSrc: ["'self'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'", "data:", "blob:"], mediaSrc: ["'self'", "blob:"],
  fontSrc: ["'self'"], connectSrc: ["'self'", "ws:", "wss:"], objectSrc: ["'none'"], baseUri: ["'self'"], frameAncestors: ["'none'"], formAction: ["'self'"], upgradeInsecureRequests: null,
};

/** The page of the API keeps its own hashes of styles, but fetches from nowhere else and works without TLS. */
const ownHouseOnly = (header: string): string => header.replaceAll(/ https:(?=[ ;]|$)| validator\.swagger\.io|;? ?upgrade-insecure-requests/g, "");

/** Mounts one contract. Parsing, status codes and the problem document are here; decisions are in services. */
export function mount<const C extends Contract>(app: App, contract: C, access: Access, handler: Handler<C>): void {
  const { guard, limit } = typeof access === "string" ? { guard: access, limit: undefined } : access;
  app.route({
    method: contract.method, url: `/api${contract.path}`,
    schema: {
      summary: contract.summary, tags: [contract.path.split("/")[1]!],
      ...(contract.params && { params: contract.params }), ...(contract.query && { querystring: contract.query }), ...(contract.body && { body: contract.body }),
      response: { 200: contract.reply }, ...(contract.contacts && { "x-contacts": contract.contacts }),
    },
    preValidation: (request, _reply, done) => { if (contract.query) request.query = readQuery(contract.query, request.query as Record<string, unknown>); done(); },
    config: limit ? { rateLimit: { max: limit.max, timeWindow: limit.perMs } } : {},
    // Who asks is known before a body is read: a stranger learns nothing of what would be right, and makes us parse nothing.
    preParsing: async (request, _reply, payload) => {
      const ctx = await app.contextOf(request);
      if (guard === "signed_in" && ctx.actor.kind !== "user") throw unauthenticated();
      contexts.set(request, ctx);
      if (!contract.contacts) tellers.set(request, (reply) => app.toldTo(ctx, reply));
      return payload;
    },
    handler: async (request, reply) => {
      const ctx = contexts.get(request)!;
      const input = { params: request.params, query: request.query, body: request.body } as Input<C>;
      return told(request, await handler(ctx, input, { request, reply }));
    },
  });
}

/** Of each request on its way. */
const contexts = new WeakMap<FastifyRequest, Ctx>();
/** What of a reply, or of a refusal, whoever asked may be told; of routes that tell nothing to hide there is none. */
const tellers = new WeakMap<FastifyRequest, (reply: unknown) => unknown>();
const told = <T>(request: FastifyRequest, reply: T): T => (tellers.get(request)?.(reply) ?? reply) as T;

/** Query strings carry text; what a contract wants as a number or a boolean is read from it here, so that contracts stay plain. */
function readQuery(query: z.ZodObject, raw: Record<string, unknown>): Record<string, unknown> {
  const shape = query.shape as Record<string, z.ZodType>;
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, readOne(Object.hasOwn(shape, key) ? shape[key] : undefined, value)]));
}

function readOne(schema: z.ZodType | undefined, value: unknown): unknown {
  if (!schema || typeof value !== "string" || value === "" || schema.safeParse(value).success) return value;
  if (value === "true" || value === "false") return value === "true";
  return Number.isFinite(Number(value)) ? Number(value) : value;
}

function toAppError(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error.validation.map(fieldProblem(error.validationContext ?? "body")));
  return ofMachine(error) ?? ofFramework(error as { statusCode?: number; code?: string; message?: string });
}

/** What heals by waiting or by asking again. */
function ofMachine(error: unknown): AppError | null {
  if (isDatabaseAway(error)) return unavailable("database_away", 2);
  if (isOvertaken(error)) return conflict("changed_meanwhile");
  return (error as { code?: string }).code === "ENOSPC" ? unavailable("disk_full", 60) : null;
}

/** The reader of forms throws plain errors without a status. */
const isBrokenForm = (message = ""): boolean => /^(Multipart: |Unsupported Content-Type)|unexpected end of multipart data$/i.test(message);

function ofFramework({ statusCode, code, message }: { statusCode?: number; code?: string; message?: string }): AppError | null {
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE" || code === "FST_REQ_FILE_TOO_LARGE") return new AppError("too_large", "too_large");
  if (statusCode === 429) return new AppError("too_many", "too_many_tries", { retryAfterS: 60 });
  if ((statusCode && statusCode >= 400 && statusCode < 500) || isBrokenForm(message)) return new AppError("invalid", "unreadable", { fields: [{ field: "body", code: "unreadable" }] });
  return null;
}

/** RFC 9457. Bugs are logged once, here, and told to nobody but by their request id. */
function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = toAppError(error);
  // The pattern of the path: its parameters may be secrets of clients' links.
  if (!known) request.log.error({ err: error, requestId: request.id, url: request.routeOptions.url ?? "none" }, "request failed");
  const problem = told(request, problemOf(known, languageOf(request), request.id));
  if (problem.retryAfterS) reply.header("retry-after", String(problem.retryAfterS));
  void reply.status(problem.status).serializer(JSON.stringify).type("application/problem+json").send(problem);
}

function problemOf(known: AppError | null, language: Language, requestId: string): Problem {
  const { code: kind, reason: code, params, fields, retryAfterS } = known ?? BUG;
  const errors = fields.map((field) => ({ field: field.field, code: field.code, message: translate(language, field.code, field.params) }));
  return {
    type: `urn:linija:problem:${code}`, title: translate(language, hasMessage(language, `title_${code}`) ? `title_${code}` : `title_${kind}`), status: statusOf(known), code, detail: translate(language, code, params), requestId,
    ...(errors.length > 0 && { errors }), ...(retryAfterS && { retryAfterS }), ...(Object.keys(params).length > 0 && { params }),
  };
}

const BUG = { code: "bug", reason: "bug", params: {}, fields: [], retryAfterS: null };

/** What cannot even be parsed is 400; what can but may not be is 422. */
const statusOf = (known: AppError | null): number => (known === null ? 500 : known.reason === "unreadable" ? 400 : HTTP_STATUS[known.code]);
