import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Linija } from "./app.ts";
import { describeProblems, loadDeclarations } from "./features/projects/index.ts";
import { welcome } from "./welcome.ts";

test("the welcome tells the number of the company before those of its projects", async () => {
  const loaded = await loadDeclarations(fileURLToPath(new URL("../../../projects", import.meta.url)));
  if (!loaded.ok) throw new Error(describeProblems(loaded));
  const { declarations } = loaded;
  const linija = { config: { SIP_PORT: 5060, LINIJA_DEMO: false }, declarations, http: null, sip: { addresses: [{ host: "127.0.0.1", port: 5060 }] }, mailUrl: null, firstAdministrator: null } as unknown as Linija;
  const told = [...welcome(linija, 1).matchAll(/sip:(\S+)@127\.0\.0\.1:5060 {3}(.+)/g)].map(([, number, name]) => [number, name]);
  expect(told).toEqual([declarations.company, ...declarations.projects.map(({ project }) => project)].map(({ numbers, name }) => [numbers.at(-1), name.en]));
  expect(told[0]![0]).toBe("1000");
});
