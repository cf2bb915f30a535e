import { randomUUID } from "node:crypto";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../tools/eventually.ts";
import type { Route } from "./access.shapes.ts";
import { type Asked, CASES } from "./access.cases.ts";
import { FILE, Maker, type Variant, VARIANTS } from "./access.maker.ts";
import { type FieldsHouse, OTHER, OWN, type Role, ROLES, sideBySide } from "./fields.house.ts";

export interface Answer { status: number; text: string; /** What stands there of ids is the same for all. */ plain: string }
export interface Row { route: string; answers: Record<Role, Partial<Record<Variant, Answer>>> }

/** A second of silence as WAV; every file that is downloaded is this one. */
export function layFiles(house: FieldsHouse): void {
  const wav = Buffer.alloc(44 + 1600 * 4);
  wav.write("RIFF", 0); wav.writeUInt32LE(wav.length - 8, 4); wav.write("WAVEfmt ", 8); wav.writeUInt32LE(16, 16); wav.writeUInt16LE(1, 20); wav.writeUInt16LE(2, 22);
  wav.writeUInt32LE(8_000, 24); wav.writeUInt32LE(32_000, 28); wav.writeUInt16LE(4, 32); wav.writeUInt16LE(16, 34); wav.write("data", 36); wav.writeUInt32LE(wav.length - 44, 40);
  const first = join(house.data, FILE);
  writeFileSync(first, wav);
  for (const folder of ["attachments", "documents", "form-files", "recordings"]) {
    mkdirSync(join(house.data, folder), { recursive: true });
    copyFileSync(first, join(house.data, folder, FILE));
  }
}

/** Operators of both projects, once the router has heard of them. */
export async function hireOperators(house: FieldsHouse): Promise<void> {
  for (const project of [OWN, OTHER]) {
    const { id } = (await house.ask("wide.administrator", "POST", "/api/access/users", { login: `operator.${project}`, name: "Made", language: "en", roles: ["operator"], projects: [project], department: null, password: "a-password-nobody-guesses" })).body as { id: string };
    await eventually(async () => {
      const { status } = await house.ask("wide.supervisor", "PUT", `/api/floor/operators/${id}/state`, { state: "offline" });
      if (status !== 200) throw new Error(`the router does not know the operator of ${project}: ${status}`);
    });
  }
}

const paramsOf = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);

/** The address with what it is about in place; of what is not there the first name is one that nobody has, or the last. */
export function addressOf(path: string, asked: Asked, variant: Variant): string {
  const names = paramsOf(path);
  const values = new Map(names.map((name) => [name, (asked[name] as string | undefined) ?? "missing"]));
  const gone = variant === "n" ? names[0] : variant === "i" ? names.at(-1) : undefined;
  if (gone !== undefined) values.set(gone, /^[0-9a-f-]{36}$/.test(values.get(gone)!) ? randomUUID() : "nowhere");
  const query = asked.query ? `?${new URLSearchParams(asked.query).toString()}` : "";
  return path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(values.get(name)!)) + query;
}

function bodyOf({ body, file }: Asked): { body?: string | FormData; headers: Record<string, string> } {
  if (file) {
    const form = new FormData();
    form.set("file", new Blob([new Uint8Array(file.bytes)], { type: file.name.endsWith(".png") ? "image/png" : "application/zip" }), file.name);
    return { body: form, headers: {} };
  }
  return body === undefined ? { headers: {} } : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
}

export async function request(house: FieldsHouse, { method, path }: Pick<Route, "method" | "path">, asked: Asked, as: { login: string | null; variant: Variant; csrf?: boolean }): Promise<Answer> {
  const { headers, ...body } = bodyOf(asked);
  const desk = as.login === null ? null : house.desk(as.login);
  const reply = await fetch(`${house.server.url}${addressOf(path, asked, as.variant)}`, { method, ...body, headers: { ...headers, ...(desk && { cookie: desk.cookie }), ...(desk && as.csrf !== false && { "x-csrf": desk.csrf }) } });
  const text = await reply.text();
  // What was asked for comes back in a refusal, and tells nobody more than they knew.
  return { status: reply.status, text, plain: text.replace(/"requestId":"[^"]*"/, "").replace(/"id":"[^"]*"/, "") };
}

/** Every route by each role about what is each of seven things to them. */
export async function askAll(house: FieldsHouse, routes: readonly Route[]): Promise<Row[]> {
  layFiles(house);
  await hireOperators(house);
  const one = (route: Route): Promise<Row> => askOne(house, route);
  // One person has only so many bulk changes at a time, so that those wait for each other.
  const isBulk = ({ path }: Route): boolean => path.startsWith("/api/tickets/bulk");
  const rows = [...await sideBySide(routes.filter((route) => !isBulk(route)), 6, one), ...await sideBySide(routes.filter(isBulk), 1, one)];
  return routes.map(({ method, path }) => rows.find(({ route }) => route === `${method} ${path}`)!);
}

async function askOne(house: FieldsHouse, route: Route): Promise<Row> {
  const name = `${route.method} ${route.path}`;
  const { variants, make } = CASES[name]!;
  const row: Row = { route: name, answers: Object.fromEntries(ROLES.map((role) => [role, {}])) as Row["answers"] };
  for (const role of ROLES) {
    for (const variant of variants) {
      const maker = new Maker(house, variant, role);
      try {
        const asked = await make(maker);
        await maker.settle();
        row.answers[role][variant] = await request(house, route, asked, { login: `matrix.${role}`, variant });
      } catch (error) { throw new Error(`${name}, ${role}, ${variant}: ${String(error)}`, { cause: error }); }
    }
  }
  return row;
}

const SIGNS: Record<number, string> = { 401: "?", 403: "n", 404: "-", 409: "c", 422: "!", 503: "s" };
/** `y` let in, `n` told that one may not, `-` as if it were not there. */
export function signOf({ status }: Answer): string {
  if (status < 300) return "y";
  return SIGNS[status] ?? (status >= 500 ? "E" : "x");
}

const HEAD = `Who is let in, by route and by what the thing asked about is to the reader:
  m mine; d of my department; p of my project, a colleague's, in another department; o of another project; n not there;
  a about me, and mine besides (R129); x a thing of another project below one of mine; i nothing below one of mine. Of a route about nobody's thing only p is asked.
  y let in; n told that one may not; - as if it were not there; c a conflict; ! not understood; . no such thing
`;

export function accessTable(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ route }) => route.length));
  const cells = (row: Row, role: Role): string => VARIANTS.map((variant) => (row.answers[role][variant] ? signOf(row.answers[role][variant]) : ".")).join("");
  const lines = rows.map((row) => `${row.route.padEnd(width)}  ${ROLES.map((role) => cells(row, role).padEnd(20)).join("")}`.trimEnd());
  return `${HEAD}\n${[`${"".padEnd(width)}  ${ROLES.map((role) => role.padEnd(20)).join("")}`.trimEnd(), `${"".padEnd(width)}  ${ROLES.map(() => VARIANTS.join("").padEnd(20)).join("")}`.trimEnd(), ...lines].join("\n")}\n`;
}
