import type { RouteName } from "../../shared/api.ts";

/** What people look for first stands first. */
export const ORDER = ["company", "project", "calendar", "queues", "ivr", "types", "dispositions", "notices", "authority", "places", "webhooks_in", "processes", "forms", "rules", "guides", "articles", "documents", "demo"];
/** A project has any number of these, one file each; of the others it has one. */
export const MANY = ["processes", "forms", "rules", "guides", "articles", "documents"];
/** What is no longer true after a text of a project has changed. */
export const TOUCHED: RouteName[] = ["readText", "listTexts", "listVersions", "listProjects", "ticketTypes", "previewMigration", "textUses"];
