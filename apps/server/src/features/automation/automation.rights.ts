import type { Catalogue, Rights } from "@linija/rules";
import type { Ctx } from "../../platform/db.ts";
import { forbidden, notFound } from "../../platform/errors.ts";
import { may, type Right } from "../access/index.ts";
import { EDIT_RIGHT, hiddenIn } from "../rules/index.ts";
import { selectCertified } from "./automation.sql.ts";

/** Whether this person has passed the course on rules; the program itself needs none. */
export const isCertified = async (ctx: Ctx): Promise<boolean> => (ctx.actor.kind === "user" ? selectCertified(ctx.db, ctx.actor.id) : true);

/** Rights of an author as the language asks for them: of the person in this project, and the certificate. */
export const authorRights = (ctx: Ctx, projectKey: string, certified: boolean): Rights => (right) =>
  (right === EDIT_RIGHT ? certified && may(ctx, "rules.edit", { projectKey }) : may(ctx, right as Right, { projectKey }));

export async function mayEditRules(ctx: Ctx, projectKey: string): Promise<boolean> {
  return may(ctx, "rules.edit", { projectKey }) && (await isCertified(ctx));
}

/** Reading rules and what they did. Another project's are not told from none. */
export function allowReading(ctx: Ctx, projectKey: string): void {
  if (!may(ctx, "rules.read")) throw forbidden();
  if (!may(ctx, "rules.read", { projectKey })) throw notFound("project", projectKey);
}

/** Checking and trying texts is writing them. */
export async function allowEditing(ctx: Ctx, projectKey: string): Promise<void> {
  allowReading(ctx, projectKey);
  if (!may(ctx, "rules.edit", { projectKey })) throw forbidden();
  if (!(await isCertified(ctx))) throw forbidden("no_certificate");
}

/** Names of a catalogue that the reader may not see the values of. */
export const hiddenOf = (catalogue: Catalogue, ctx: Ctx, projectKey: string): ((path: string) => boolean) => hiddenIn(catalogue, (right) => may(ctx, right as Right, { projectKey }));
