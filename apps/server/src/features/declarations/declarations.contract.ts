import { z } from "zod";
import { contract, instant, languageSchema, okReply } from "../api.contract.ts";

const textsSchema = z.strictObject({ en: z.string().trim().min(1).max(200), ru: z.string().trim().min(1).max(200), sl: z.string().trim().min(1).max(200) });
const keyParams = z.object({ key: z.string().min(1).max(60) });
/** Path of a text in its project's folder: `processes/fault.yaml`. */
const path = z.string().min(1).max(120);
/** As large as the database keeps it. */
const version = z.number().int().min(1).max(2_147_483_647);
const number = z.number().int().min(0);
/** Longest text that can be sent; the server's own bound on bytes is the same. */
const text = z.string().max(200_000);
const noteText = z.string().trim().max(500);

/** What a text is wrong with, and where. Messages are for people who edit declarations. */
export const declarationProblem = z.object({ file: z.string(), path: z.string(), line: z.number().nullable(), column: z.number().nullable(), at: z.string(), message: z.string(), remedy: z.string() });
export type DeclarationProblemView = z.infer<typeof declarationProblem>;

const projectView = z.object({
  key: z.string(), name: z.string(), about: z.string(), colour: z.string(), languages: z.array(languageSchema), numbers: z.array(z.string()), ticketPrefix: z.string(),
  template: z.string().nullable(), texts: z.number().int(), changedAt: instant, changedBy: z.string().nullable(),
});
const templateView = z.object({
  key: z.string(), name: z.string(), about: z.string(), colour: z.string(), languages: z.array(languageSchema), ticketPrefix: z.string(), mailFrom: z.string(),
  /** How many texts of each kind it brings. */
  kinds: z.record(z.string(), z.number().int()),
  /** Problems of the template itself; with any it cannot be used. */
  problems: z.array(declarationProblem),
});
export type ProjectView = z.infer<typeof projectView>;
const retiredView = z.object({ key: z.string(), name: z.string(), colour: z.string(), ticketPrefix: z.string(), retiredAt: instant, retiredBy: z.string().nullable(), note: z.string(), tickets: z.number().int() });
export type RetiredView = z.infer<typeof retiredView>;
export type TemplateView = z.infer<typeof templateView>;

export const listProjects = contract({
  method: "GET", path: "/projects", contacts: "own", summary: "Projects in use, and the templates new ones are made from (administrators)",
  reply: z.object({ company: z.object({ name: z.string(), texts: z.number().int() }), projects: z.array(projectView), /** Out of use. */ retired: z.array(retiredView), templates: z.array(templateView), takenNumbers: z.array(z.string()) }),
});

export const createProject = contract({
  method: "POST", path: "/projects", contacts: "own", summary: "Make a project from a template; it is in use at once",
  body: z.strictObject({
    template: z.string().max(60), key: z.string().regex(/^[a-z][a-z0-9_-]{1,30}$/), name: textsSchema, languages: z.array(languageSchema).min(1).max(3), defaultLanguage: languageSchema,
    numbers: z.array(z.string().max(20)).min(1).max(20), callerId: z.string().max(20), ticketPrefix: z.string().regex(/^[A-Z]{3}$/), mailFrom: z.email().max(120),
    colour: z.string().regex(/^#[0-9a-f]{6}$/i).optional(), timeZone: z.string().max(60).optional(),
  }),
  reply: z.object({ key: z.string(), texts: z.number().int(), /** Recorded phrases that say the template's name: its callers hear none of them. */ leftOut: z.array(z.string()) }),
});

const textRow = z.object({
  path: z.string(), /** As its author calls it, in the reader's language; of texts that have a name. */ name: z.string().nullable(), /** `queues`, `processes`, `forms`… */ kind: z.string(), number, origin: z.enum(["files", "desk"]), at: instant, by: z.string().nullable(), note: z.string(),
  /** The reader's own unfinished work. */
  draft: z.object({ base: number, at: instant }).nullable(),
  /** Saved in the desk, while the repository says something else. */
  differs: z.boolean(),
});
export type TextRow = z.infer<typeof textRow>;
/** Not in use any more; its versions can be taken back. */
const removedRow = z.object({ path: z.string(), kind: z.string(), number, by: z.string().nullable(), at: instant, note: z.string() });
export type RemovedRow = z.infer<typeof removedRow>;
export const listTexts = contract({ method: "GET", path: "/projects/:key/texts", contacts: "own", summary: "Texts of a project (`company`: of the company, `common`: of all projects)", params: keyParams, reply: z.object({ key: z.string(), name: z.string(), /** Out of use: to be read only. */ retired: z.boolean(), texts: z.array(textRow), removed: z.array(removedRow) }) });

export const readText = contract({
  method: "GET", path: "/projects/:key/text", contacts: "own", summary: "One text: as it is in use, or a version of it, with the reader's draft", params: keyParams, query: z.object({ path, number: version.optional() }),
  reply: z.object({
    path: z.string(), kind: z.string(), text: z.string(), /** 0: there is none yet. */ number, /** The version in use. */ current: number, origin: z.enum(["files", "desk"]), by: z.string().nullable(), at: instant.nullable(), note: z.string(),
    draft: z.object({ text: z.string(), base: number, at: instant }).nullable(), /** What the repository says, if it differs. */ repository: z.string().nullable(),
  }),
});

export const checkText = contract({
  method: "POST", path: "/projects/:key/check", contacts: "own", summary: "What would be wrong with the project if this text were saved; nothing is", params: keyParams,
  body: z.strictObject({ path, text }), reply: z.object({ problems: z.array(declarationProblem) }),
});

export const saveText = contract({
  method: "PUT", path: "/projects/:key/text", contacts: "own", summary: "Save a text; `number` is the version it was made from (0: new). In use at once, everywhere", params: keyParams,
  body: z.strictObject({ path, text, number, note: noteText.default("") }), reply: z.object({ number }),
});
export const removeText = contract({
  method: "POST", path: "/projects/:key/text/remove", contacts: "own", summary: "Remove a text; its versions stay", params: keyParams,
  body: z.strictObject({ path, number, note: noteText.default("") }), reply: z.object({ number }),
});
export const takeBackText = contract({
  method: "POST", path: "/projects/:key/text/take-back", contacts: "own", summary: "Save an older version again", params: keyParams,
  body: z.strictObject({ path, /** The version to return to. */ to: z.number().int().min(1), /** The version in use, as seen. */ number, note: noteText.default("") }), reply: z.object({ number }),
});

export const saveDraft = contract({ method: "PUT", path: "/projects/:key/draft", contacts: "own", summary: "Keep unfinished work, each person's own", params: keyParams, body: z.strictObject({ path, text, base: number }), reply: okReply });
export const dropDraft = contract({ method: "POST", path: "/projects/:key/draft/drop", summary: "Throw one's unfinished work away", params: keyParams, body: z.strictObject({ path }), reply: okReply });

const versionRow = z.object({ number, at: instant, by: z.string().nullable(), origin: z.enum(["files", "desk"]), note: z.string(), removed: z.boolean() });
export type VersionRow = z.infer<typeof versionRow>;
export const listVersions = contract({
  method: "GET", path: "/projects/:key/versions", contacts: "own", summary: "Versions of a text, the newest first", params: keyParams, query: z.object({ path, before: version.optional() }),
  reply: z.object({ items: z.array(versionRow), next: z.number().int().nullable() }),
});

/** What an archive does to a project, by the paths of its texts. */
const importChange = z.object({ path: z.string(), how: z.enum(["added", "changed", "removed"]) });
export type ImportChange = z.infer<typeof importChange>;
const lack = z.object({ path: z.string(), line: z.number().int().nullable(), message: z.string() });
export type Lack = z.infer<typeof lack>;
export const importProject = contract({
  method: "POST", path: "/projects/import", contacts: "own", summary: "A project from a .zip of its texts (multipart, part `file`, at most 2 MB): a new one, or with `into` the texts of that project; with `preview` nothing is kept, and what would change is told",
  query: z.object({ into: z.string().max(60).optional(), /** Of a new project: another key than the archive names. */ as: z.string().regex(/^[a-z][a-z0-9_-]{1,30}$/).optional(), note: z.string().max(500).optional(), preview: z.literal("true").optional() }),
  reply: z.object({ key: z.string(), saved: z.number().int(), removed: z.number().int(), changes: z.array(importChange), /** Of a new project: where its texts name people or webhooks that it does not have yet. It is taken all the same. */ lacks: z.array(lack) }),
});
