import type { Catalogue, Rights } from "@linija/rules";
import type { Ctx } from "../../platform/db.ts";
import { forbidden, notFound } from "../../platform/errors.ts";
import { may, type Right } from "../access/index.ts";
import { EDIT_RIGHT } from "../rules/index.ts";
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
export function hiddenOf(catalogue: Catalogue, ctx: Ctx, projectKey: string): (path: string) => boolean {
  const sees = (right: string | null): boolean => right === null || may(ctx, right as Right, { projectKey });
  return (path) => {
    const [root = "", ...keys] = path.split(".");
    let field = catalogue.variables.get(root);
    for (const key of keys) {
      if (field && !sees(field.read)) return true;
      field = field?.type.kind === "record" ? catalogue.records.get(field.type.key)?.fields.get(key) : undefined;
    }
    return field !== undefined && !sees(field.read);
  };
}
