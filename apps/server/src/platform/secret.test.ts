import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openSecrets } from "./secret.ts";

const folder = mkdtempSync(join(tmpdir(), "linija-secret-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a secret sealed before a restart opens after it, and looks different each time", () => {
  const sealed = openSecrets(folder, "").seal("šifra ключ");
  expect(openSecrets(folder, "").open(sealed)).toBe("šifra ключ");
  expect(openSecrets(folder, "").seal("šifra ключ").equals(sealed)).toBe(false);
  expect(statSync(join(folder, "secret.key")).mode & 0o777).toBe(0o600);
});

test("another key opens nothing, and a bent secret is refused", () => {
  const secrets = openSecrets(folder, Buffer.alloc(32, 7).toString("base64"));
  const sealed = secrets.seal("x");
  expect(() => openSecrets(folder, "").open(sealed)).toThrow();
  sealed[sealed.length - 1]! ^= 1;
  expect(() => secrets.open(sealed)).toThrow();
});
