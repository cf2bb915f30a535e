import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Linija } from "./app.ts";
import { describeProblems, loadDeclarations } from "./features/projects/index.ts";
import { welcome } from "./welcome.ts";

async function told(config: object, more: object = {}): Promise<string> {
  const loaded = await loadDeclarations(fileURLToPath(new URL("../../../projects", import.meta.url)));
  if (!loaded.ok) throw new Error(describeProblems(loaded));
  return welcome({ config: { SIP_PORT: 5060, HTTP_PORT: 8080, LINIJA_DEMO: false, SMTP_URL: "", ...config }, declarations: loaded.declarations, http: { url: "http://127.0.0.1:8080", port: 8080 }, sip: null, mailUrl: null, firstAdministrator: null, ...more } as unknown as Linija, 1);
}

test("the welcome says that a port of the desk is taken, as it does of the telephones'", async () => {
  expect(await told({})).not.toContain("is taken");
  expect(await told({}, { http: { url: "http://127.0.0.1:8081", port: 8081 } })).toContain("(port 8080 is taken, so another was chosen)");
  expect(await told({ HTTP_PORT: 0 }, { http: { url: "http://127.0.0.1:41000", port: 41_000 } }), "any port was asked for").not.toContain("is taken");
});

test("the welcome says that no mail leaves, and which setting is missing", async () => {
  expect(await told({})).toMatch(/No mail leaves.*SMTP_URL/);
  for (const settings of [{ SMTP_URL: "smtp://mail.example" }, { LINIJA_DEMO: true, LINIJA_DEMO_PASSWORD: "x" }]) expect(await told(settings)).not.toContain("No mail leaves");
});

test("the welcome tells the number of the company before those of its projects", async () => {
  const loaded = await loadDeclarations(fileURLToPath(new URL("../../../projects", import.meta.url)));
  if (!loaded.ok) throw new Error(describeProblems(loaded));
  const { declarations } = loaded;
  const linija = { config: { SIP_PORT: 5060, LINIJA_DEMO: false }, declarations, http: null, sip: { addresses: [{ host: "127.0.0.1", port: 5060 }] }, mailUrl: null, firstAdministrator: null } as unknown as Linija;
  const told = [...welcome(linija, 1).matchAll(/sip:(\S+)@127\.0\.0\.1:5060 {3}(.+)/g)].map(([, number, name]) => [number, name]);
  expect(told).toEqual([declarations.company, ...declarations.projects.map(({ project }) => project)].map(({ numbers, name }) => [numbers.at(-1), name.en]));
  expect(told[0]![0]).toBe("1000");
});
