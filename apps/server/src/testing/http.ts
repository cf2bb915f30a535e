import type { LightMyRequestResponse } from "fastify";
import { afterAll } from "vitest";
import { accessRoutes, contextOf, SESSION_COOKIE, toldAtDesk } from "../features/access/index.ts";
import { createHttp, type App } from "../platform/http.ts";
import { createLog } from "../platform/log.ts";
import { buildUser, FACTORY_PASSWORD } from "../features/access/access.factory.ts";
import type { TestDatabase } from "./database.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export interface Browser {
  userId: string;
  cookie: string;
  csrf: string;
  /** A request as this user's browser makes it: with cookie and, on writes, with the CSRF token. */
  send(method: Method, url: string, body?: unknown): Promise<LightMyRequestResponse>;
}
export interface TestHttp { app: App; anonymous: Browser["send"]; signIn(user?: Parameters<typeof buildUser>[1]): Promise<Browser> }

/** The real HTTP edge with the routes under test, real sessions and a real database; nothing listens on a port. */
export async function testHttp(database: TestDatabase, ...routes: ((app: App) => void)[]): Promise<TestHttp> {
  const log = createLog("error", "");
  const app = await createHttp({ log, trustProxy: false, contextOf: contextOf({ db: database.db, log }), toldTo: toldAtDesk });
  for (const each of new Set([accessRoutes, ...routes])) each(app);
  await app.ready();
  afterAll(() => app.close());
  const send = (headers: Record<string, string>): Browser["send"] => (method, url, body) =>
    app.inject({ method, url, headers, ...(body !== undefined && { payload: body as object }) });
  const signIn: TestHttp["signIn"] = async (over) => {
    const user = await buildUser(database.db, over);
    const reply = await send({})("POST", "/api/access/sign-in", { login: user.login, password: over?.password ?? FACTORY_PASSWORD });
    if (reply.statusCode !== 200) throw new Error(`sign-in failed: ${reply.body}`);
    const token = reply.cookies.find((each) => each.name === SESSION_COOKIE)!.value;
    const cookie = `${SESSION_COOKIE}=${token}`;
    const { csrf } = reply.json<{ csrf: string }>();
    return { userId: user.id, cookie, csrf, send: send({ cookie, "x-csrf": csrf }) };
  };
  return { app, anonymous: send({}), signIn };
}
