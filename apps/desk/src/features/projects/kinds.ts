import type { RouteName } from "../../shared/api.ts";

/** What people look for first stands first. */
export const ORDER = ["company", "project", "calendar", "queues", "ivr", "types", "dispositions", "notices", "authority", "places", "webhooks_in", "processes", "forms", "rules", "guides", "articles", "documents", "demo"];
/** A project has any number of these, one file each; of the others it has one. */
export const MANY = ["processes", "forms", "rules", "guides", "articles", "documents"];
/** What is no longer true after a text of a project has changed. */
export const TOUCHED: RouteName[] = ["readText", "listTexts", "listVersions", "listProjects", "ticketTypes", "previewMigration", "textUses"];

/** A new text, named as its key reads until its author gives it a name: a form of no fields yet is a form, and is drawn. */
export function beginningOf(kind: string, key: string): string {
  const name = JSON.stringify(key.charAt(0).toUpperCase() + key.slice(1).replaceAll("-", " "));
  return `key: ${key}\nname: { en: ${name}, ru: ${name}, sl: ${name} }\n${kind === "forms" ? "schema:\n  properties: {}\n" : ""}`;
}
