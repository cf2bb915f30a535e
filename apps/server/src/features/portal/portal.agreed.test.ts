import { expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { processOf, projectOf } from "../tickets/index.ts";
import { buildProjects } from "../tickets/tickets.factory.ts";
import { agreedOf } from "./portal.agreed.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const project = await projectOf(database.db, "internet");
const AT = "2031-01-14T09:30:00+01:00";

async function told(key: string, stage: string, fields: Record<string, unknown> = { visit_at: AT }): Promise<string[]> {
  const process = await processOf(database.db, project.processIds[key]!);
  const ticket = { stage, fields, stageSince: new Date("2031-01-10T08:00:00Z") } as never;
  return agreedOf({ process, project, ticket, sees: process.stages[stage]!.client_sees }, "en").map(({ name, text }) => `${name}: ${text}`);
}

test.each([["fault", "waiting_department", "Visit agreed for"], ["connection", "issued", "Visit agreed for"], ["no-show", "planned", "New visit"]])("R112 the client of a %s reads the day and the hours of the agreed visit", async (key, stage, name) => {
  expect(await told(key, stage)).toEqual([expect.stringMatching(new RegExp(`^${name}: .*14 January 2031.*(9|09):30.*11:30`))]);
});

test.each([["fault", "waiting_client"], ["fault", "diagnosis"], ["fault", "reopened"], ["no-show", "in_work"]])("R112 of a %s that is %s again the visit that was agreed before is not told any more", async (key, stage) => {
  expect(await told(key, stage)).toEqual([]);
});

test("R112 what is agreed by no visit is told wherever the ticket is", async () => {
  const shop = await projectOf(database.db, "shop");
  const process = await processOf(database.db, shop.processIds["delivery-problem"]!);
  const keys = Object.entries(process.fields).flatMap(([key, field]) => ("client_sees" in field && field.client_sees ? [key] : []));
  const fields = Object.fromEntries(keys.map((key) => [key, AT]));
  for (const stage of Object.keys(process.stages)) {
    expect(agreedOf({ process, project: shop, ticket: { stage, fields, stageSince: new Date("2031-01-10T08:00:00Z") } as never, sees: "in_work" }, "en"), stage).toHaveLength(keys.length);
  }
});
