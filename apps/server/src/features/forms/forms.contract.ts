import { z } from "zod";
import { contract, idParams, idSchema, instant, languageSchema, okReply, page, pageQuery } from "../api.contract.ts";

const text = z.object({ en: z.string(), ru: z.string(), sl: z.string() });
/** A place in the data of a form: `equipment.0.price`. */
const place = z.string().min(1).max(200);
/** Values of a form by field; their shape is the form's (packages/forms). */
const data = z.record(z.string(), z.unknown());
export const subjectSchema = z.object({ kind: z.enum(["ticket", "interaction", "client"]), id: idSchema });

export const filler = z.object({ by: z.enum(["client", "operator", "department", "system"]), id: z.string().nullable(), name: z.string(), at: instant });
/** Who is at which field at this moment; shown for some seconds. */
export const typing = z.object({ by: z.enum(["client", "operator", "department"]), name: z.string(), path: place, me: z.boolean() });
/** Both wrote the same field: `theirs` is stored, `mine` is what was sent and is not lost. */
export const saveConflict = z.object({ path: place, mine: z.unknown(), theirs: z.unknown() });
export const fieldFault = z.object({ path: z.string(), code: z.string(), message: z.string() });
export const formFile = z.object({ id: idSchema, name: z.string(), mediaType: z.string(), bytes: z.number(), by: z.string(), at: instant });

export const recordView = z.object({
  id: idSchema, projectKey: z.string(), formId: z.string(), formKey: z.string(), formName: text, subject: subjectSchema.nullable(),
  state: z.enum(["draft", "submitted"]), version: z.number().int(),
  /** Masked places hold bullets; see `masked`. Sent back as they are they are refused: leave them out. */
  data, masked: z.array(z.object({ path: z.string(), mayReveal: z.boolean() })),
  filledBy: z.record(z.string(), filler), typing: z.array(typing), files: z.array(formFile),
  percent: z.number().int(), missing: z.array(z.object({ path: z.string(), name: text })),
  createdAt: instant, updatedAt: instant, submittedAt: instant.nullable(), submittedBy: z.string().nullable(),
  link: z.object({ until: instant }).nullable(), /** When the client said that their part is filled, if they have written nothing since. */ clientReadyAt: instant.nullable(), mayWrite: z.boolean(),
});
export type RecordView = z.infer<typeof recordView>;

const savedReply = z.object({ record: recordView, conflicts: z.array(saveConflict) });
const changes = z.array(z.object({ path: place, /** null takes it away. */ value: z.unknown(), /** The version this field was written upon, when it is older than the one that was seen last: it waited for the network. */ seen: z.number().int().min(0).optional() })).min(1).max(200);

/** `id` is the form's version: `openForm(definition, formHost(timeZone))` of packages/forms draws and checks it. */
export const formView = z.object({ id: z.string(), projectKey: z.string(), key: z.string(), /** Since when this version is there. */ since: instant, timeZone: z.string(), country: z.string(), definition: z.record(z.string(), z.unknown()) });
export type FormView = z.infer<typeof formView>;

export const listForms = contract({ method: "GET", path: "/forms", contacts: "own", summary: "Forms of a project in use now", query: z.object({ projectKey: z.string().max(60) }), reply: z.object({ items: z.array(z.object({ key: z.string(), id: z.string(), name: text })) }) });
export const getForm = contract({ method: "GET", path: "/forms/version", contacts: "own", summary: "One version of a form; versions never change", query: z.object({ id: z.string().max(200) }), reply: formView });

export const createRecord = contract({
  method: "POST", path: "/forms/records", summary: "Begin a form; sent twice with one id it is one record",
  body: z.object({ id: idSchema, projectKey: z.string().max(60), /** The form in use now, or the version it was filled with while the network was away. */ formKey: z.string().max(80), formId: z.string().max(200).optional(), subject: subjectSchema.nullable().default(null), data: data.default({}) }),
  reply: recordView,
});
export const getRecord = contract({ method: "GET", path: "/forms/records/:id", summary: "A filled form, masked for its reader", params: idParams, reply: recordView });
/** My drafts (R161: what is still to be finished), or the forms of one ticket, interaction or client. */
export const listRecords = contract({
  method: "GET", path: "/forms/records", summary: "My drafts, or forms about one thing",
  query: z.object({ subjectKind: z.enum(["ticket", "interaction", "client"]).optional(), subjectId: idSchema.optional(), ...pageQuery }),
  reply: page(z.object({ id: idSchema, projectKey: z.string(), formKey: z.string(), formName: text, state: z.enum(["draft", "submitted"]), subject: subjectSchema.nullable(), updatedAt: instant, version: z.number().int() })),
});
/** `version` is the one that was seen. Each field is saved that nobody else changed since; the others come back as conflicts. */
export const saveRecord = contract({ method: "PATCH", path: "/forms/records/:id", summary: "Save fields of a draft, each for itself", params: idParams, body: z.object({ version: z.number().int(), changes }), reply: savedReply });
/** Sent again after a lost answer it says the same once more. What is missing or wrong is told by field (422). */
export const submitRecord = contract({ method: "POST", path: "/forms/records/:id/submit", summary: "Submit a form, once", params: idParams, body: z.object({ version: z.number().int(), changes: changes.optional() }), reply: recordView });
export const attachRecord = contract({ method: "POST", path: "/forms/records/:id/attach", summary: "Say what a form is about", params: idParams, body: subjectSchema, reply: recordView });
export const revealField = contract({ method: "POST", path: "/forms/records/:id/reveal", contacts: "asked", summary: "Show a masked field for a reason, which is audited", params: idParams, body: z.object({ path: place, reason: z.string().trim().min(3).max(300) }), reply: z.object({ value: z.unknown() }) });
export const recordHistory = contract({
  method: "GET", path: "/forms/records/:id/history", summary: "Every change of every field, newest first, masked", params: idParams, query: z.object({ path: place.optional(), ...pageQuery }),
  reply: page(z.object({ id: z.string(), version: z.number().int(), path: z.string(), name: text, before: z.unknown(), after: z.unknown(), by: filler })),
});
export const setTyping = contract({ method: "POST", path: "/forms/records/:id/typing", summary: "Say at which field I am", params: idParams, body: z.object({ path: place.nullable() }), reply: okReply });

/** `path` is a page of this server; the secret is in it and nowhere else. A new link takes the old one's place. */
export const shareRecord = contract({ method: "POST", path: "/forms/records/:id/link", summary: "Let the client fill their part by a link", params: idParams, body: z.object({ hours: z.number().int().min(1).max(24 * 14).default(24) }), reply: z.object({ path: z.string(), until: instant }) });
export const unshareRecord = contract({ method: "DELETE", path: "/forms/records/:id/link", summary: "Close the client's link", params: idParams, reply: okReply });

/** What of the forms of the ticket that asked for a task goes along with it. `definition` is cut to that and opens as a form of its own, to be read. */
export const taskForms = contract({
  method: "GET", path: "/tickets/:id/asked", summary: "What of the asking ticket's forms goes along with a task, masked for its reader", params: idParams,
  reply: z.object({ items: z.array(z.object({ id: idSchema, name: text, state: z.enum(["draft", "submitted"]), definition: z.record(z.string(), z.unknown()), timeZone: z.string(), country: z.string(), data, masked: z.array(z.string()), files: z.array(formFile) })) }),
});

const secretParams = z.object({ secret: z.string().min(20).max(100) });
/** What a client sees: only fields the form gives them, `definition` cut to those; `fill` are the places they may write. */
export const sharedView = z.object({
  projectName: text, language: languageSchema, timeZone: z.string(), country: z.string(), definition: z.record(z.string(), z.unknown()), fill: z.array(z.string()), hidden: z.array(z.string()),
  data, /** Places that hold bullets: they cannot be written over, except by the client who filled them. */ masked: z.array(z.string()), /** Names of the files that stand in those fields. */ files: z.array(z.object({ id: idSchema, name: z.string() })),
  filledBy: z.record(z.string(), z.object({ by: z.enum(["client", "operator", "department", "system"]), at: instant })), typing: z.array(typing), state: z.enum(["draft", "submitted"]), version: z.number().int(), faults: z.array(fieldFault), until: instant, /** When the client said that their part is filled. */ readyAt: instant.nullable(), submittedAt: instant.nullable(),
});
export type SharedView = z.infer<typeof sharedView>;
export const getShared = contract({ method: "GET", path: "/public/forms/:secret", summary: "The client's part of a form", params: secretParams, reply: sharedView });
export const saveShared = contract({ method: "PATCH", path: "/public/forms/:secret", summary: "Save what the client filled", params: secretParams, body: z.object({ version: z.number().int(), changes }), reply: z.object({ form: sharedView, conflicts: z.array(saveConflict) }) });
export const readyShared = contract({ method: "POST", path: "/public/forms/:secret/ready", summary: "Say that the client's part is filled; said again it is the same", params: secretParams, reply: sharedView });
export const typeShared = contract({ method: "POST", path: "/public/forms/:secret/typing", summary: "Say at which field the client is", params: secretParams, body: z.object({ path: place.nullable() }), reply: okReply });

/** `GET /api/public/forms/:secret/live` is a stream of server-sent events: `data: {"version":3}` whenever the form is worth fetching again. */

/** Candidates for a field of the kind `lookup`; `path` is the place of the field in the form (`equipment.what`). */
export const findLookups = contract({ method: "GET", path: "/forms/lookups", summary: "Records like what was typed, for a lookup field", query: z.object({ formId: z.string().max(200), path: place, q: z.string().max(100) }), reply: z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) }) });

export const cityView = z.object({ key: z.string(), name: z.string(), country: z.string(), region: z.string(), timeZone: z.string().nullable() });
export const suggestCities = contract({ method: "GET", path: "/forms/addresses/cities", summary: "Cities like what was typed", query: z.object({ projectKey: z.string().max(60), q: z.string().max(100) }), reply: z.object({ items: z.array(cityView) }) });
/** Without a city nothing may be chosen: `cities` are those that have such a street, to ask the client which (R199). `isExact`: it is spelt as in the list. */
export const suggestStreets = contract({
  method: "GET", path: "/forms/addresses/streets", summary: "Streets like what was typed, or the cities that have one", query: z.object({ projectKey: z.string().max(60), q: z.string().max(100), cityKey: z.string().max(80).optional() }),
  reply: z.object({ items: z.array(z.object({ key: z.string(), name: z.string(), cityKey: z.string(), isExact: z.boolean() })), cities: z.array(cityView.extend({ street: z.string() })) }),
});

/** Chosen by who sends it: a file sent again after a lost answer is the same file. */
const fileQuery = z.object({ id: idSchema.toLowerCase().optional() });
/** multipart/form-data with one part `file`, at most 10 MB; the id then stands in a field of the kind `file`. */
export const addRecordFile = contract({ method: "POST", path: "/forms/records/:id/files", summary: "Add a file to a form", params: idParams, query: fileQuery, reply: formFile });
export const addSharedFile = contract({ method: "POST", path: "/public/forms/:secret/files", summary: "Add the client's file to a form", params: secretParams, query: fileQuery, reply: formFile });
