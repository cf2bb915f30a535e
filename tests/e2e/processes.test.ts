import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "../../tools/steps.ts";
import { Desk } from "./desk.ts";
import { until } from "./linija.ts";

const words = JSON.parse(readFileSync(join(root, "apps/desk/src/i18n/editors.en.json"), "utf8")) as Record<string, string>;
const PATH = "processes/fault.yaml";
const peter = await Desk.open("peter.admin", "en");
afterAll(() => peter.browser.close());
const text = (): Promise<{ text: string; current: number; draft: { text: string } | null }> => peter.session.ask("GET", `/projects/internet/text?path=${PATH}`);

test("an administrator changes a process in its picture, takes a step back, and saves: only that line of the text has changed", async () => {
  const { page } = peter;
  const before = await text();
  await page.getByRole("link", { name: peter.t("nav.projects") }).waitFor();
  await page.goto(`/projects/internet?text=${PATH}`);
  const picture = page.getByRole("application", { name: words["process.picture"]! });
  const panel = page.getByRole("complementary", { name: words["process.panel"]! });
  await picture.getByText("Diagnostics", { exact: true }).first().click();
  await panel.getByRole("heading", { name: "Diagnostics" }).waitFor();

  // A new stage by its key is marked as one nobody can reach; undo takes it away again, also after a look at the text.
  await picture.focus();
  await page.keyboard.press("n");
  await panel.getByRole("heading", { name: "New stage" }).waitFor();
  await picture.getByLabel(words["process.trouble.unreached"]!).waitFor();
  // Told once on the whole page: below the picture, with the way to its line.
  const told = page.getByText(/no way leads to stage/);
  await told.first().waitFor();
  expect(await told.count()).toBe(1);
  const views = page.getByRole("radiogroup", { name: words["projects.view"]! });
  await views.getByText(words["projects.view.text"]!, { exact: true }).click();
  await page.getByRole("textbox", { name: words["projects.editorOf"]!.replace("{path}", PATH) }).waitFor();
  await views.getByText(words["projects.view.picture"]!, { exact: true }).click();
  await picture.getByLabel(words["process.trouble.unreached"]!).waitFor();
  await picture.focus();
  await page.keyboard.press("Control+z");
  await picture.getByLabel(words["process.trouble.unreached"]!).waitFor({ state: "detached" });

  await picture.getByText("Diagnostics", { exact: true }).first().click();
  const name = panel.getByRole("textbox", { name: `${words["process.name"]!} EN` });
  await name.fill("Finding the fault");
  await name.press("Enter");
  await picture.getByText("Finding the fault").first().waitFor();
  await page.getByRole("button", { name: words["projects.save"]! }).click();
  const after = await until("a new version", async () => { const now = await text(); return now.current > before.current && now; });
  const old = new Set(before.text.split("\n"));
  expect(after.text.split("\n").filter((line) => !old.has(line))).toEqual([expect.stringContaining("en: Finding the fault")]);
  expect(after.text.split("\n").length).toBe(before.text.split("\n").length);
});

test("a walk through the process shows what each side may do, and stores nothing", async () => {
  const { page } = peter;
  const before = await text();
  await page.getByRole("button", { name: words["process.walk"]! }).click();
  const panel = page.getByRole("complementary", { name: words["process.panel"]! });
  await panel.getByRole("region", { name: words["process.role.operator"]! }).getByRole("button", { name: "Begin diagnostics" }).click();
  await panel.getByText("Finding the fault").first().waitFor();
  await panel.getByRole("region", { name: words["process.role.client"]! }).getByRole("button", { name: "The client withdraws it" }).waitFor();
  expect((await text()).draft).toEqual(before.draft);
});

test("a supervisor's report of stage times leads from a number to its tickets (R120)", async () => {
  const { page } = peter;
  await page.goto("/reports?project=internet&days=90");
  const button = page.getByRole("table").first().getByRole("button").first();
  const count = Number(await button.innerText());
  expect(count).toBeGreaterThan(0);
  await button.click();
  await expect.poll(() => page.getByRole("dialog").getByRole("listitem").count()).toBe(Math.min(count, 50));
  expect(peter.browser.failures).toEqual([]);
});
