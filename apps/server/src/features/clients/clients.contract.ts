import { z } from "zod";
import { contract, idParams, instant, languageSchema, page, pageQuery } from "../api.contract.ts";

export const addressSchema = z.object({ city: z.string().max(80).default(""), street: z.string().max(120).default(""), house: z.string().max(20).default(""), flat: z.string().max(20).default(""), postcode: z.string().max(12).default(""), country: z.string().max(60).default("") });

export const clientFields = z.object({
  kind: z.enum(["person", "organisation"]),
  familyName: z.string().trim().max(80), givenName: z.string().trim().max(80), middleName: z.string().trim().max(80), organisation: z.string().trim().max(160),
  language: languageSchema.nullable(),
  /** E.164, at most ten. */
  phones: z.array(z.string().max(32)).max(10), emails: z.array(z.email().max(160)).max(10),
  address: addressSchema, pinnedNote: z.string().max(2000), flags: z.array(z.string().max(40)).max(20), projects: z.array(z.string().max(40)).max(20),
});
export const clientSchema = clientFields.extend({ id: z.uuid(), name: z.string(), emails: z.array(z.string()), dataConfirmedAt: instant.nullable(), archived: z.boolean(), /** Where this card went when it was a double. */ mergedInto: z.uuid().nullable(), /** Phones and mails are shown in part only. */ masked: z.boolean(), version: z.number().int(), createdAt: instant, updatedAt: instant });
export type ClientView = z.infer<typeof clientSchema>;

export const clientRow = z.object({ id: z.uuid(), name: z.string(), phones: z.array(z.string()), emails: z.array(z.string()), language: languageSchema.nullable(), city: z.string(), openTickets: z.number().int(), flags: z.array(z.string()), updatedAt: instant });
export type ClientRow = z.infer<typeof clientRow>;

export const searchClients = contract({ method: "GET", path: "/clients", summary: "Find clients by name (Cyrillic or Latin), phone, mail, the nearest first; without text the last changed", query: z.object({ text: z.string().trim().max(100).optional(), project: z.string().max(40).optional(), ...pageQuery }), reply: page(clientRow) });
export const getClient = contract({ method: "GET", path: "/clients/:id", summary: "One client", params: idParams, reply: clientSchema });
export const clientByPhone = contract({ method: "GET", path: "/clients/by-phone", summary: "Clients with this number", query: z.object({ phone: z.string().max(32) }), reply: z.object({ items: z.array(clientRow) }) });
const draft = clientFields.partial().extend({ kind: z.enum(["person", "organisation"]).default("person") });
export const createClient = contract({ method: "POST", path: "/clients", summary: "Add a client; `possibleDuplicates` are told, not refused, when `force` is set", body: draft.extend({ force: z.boolean().default(false), interactionId: z.uuid().optional() }), reply: clientSchema });
export const updateClient = contract({ method: "PATCH", path: "/clients/:id", summary: "Change a client; only the version seen is changed", params: idParams, body: clientFields.partial().extend({ version: z.number().int() }), reply: clientSchema });
export const mergeClients = contract({ method: "POST", path: "/clients/:id/merge", summary: "Move everything of another client to this one", params: idParams, body: z.object({ otherId: z.uuid(), version: z.number().int() }), reply: clientSchema });

export const archiveClient = contract({ method: "POST", path: "/clients/:id/archive", summary: "Put a client away, or bring the client back", params: idParams, body: z.object({ archived: z.boolean(), version: z.number().int() }), reply: clientSchema });
export const confirmClient = contract({ method: "POST", path: "/clients/:id/confirm", summary: "The client has confirmed the data today", params: idParams, body: z.object({ version: z.number().int() }), reply: clientSchema });

/** One line of a client's or a ticket's story, over all channels. */
export const timelineItem = z.object({
  id: z.string(), at: instant, kind: z.enum(["interaction", "ticket", "event", "note", "notice"]),
  type: z.string(), by: z.string(), data: z.record(z.string(), z.unknown()),
  /** Of a ticket's fact: what it speaks of (stage, step, deed, whom), as the ticket's version of its process names it, in the reader's language. */
  names: z.partialRecord(z.enum(["stage", "from", "step", "deed", "item", "task", "owner", "document", "department"]), z.string()),
});
export type TimelineItem = z.infer<typeof timelineItem>;
export const clientTimeline = contract({ method: "GET", path: "/clients/:id/timeline", summary: "Everything said and done with this client, newest first", params: idParams, query: z.object(pageQuery), reply: page(timelineItem) });
export const clientHistory = contract({ method: "GET", path: "/clients/:id/history", summary: "Every change of this client's data, with before and after", params: idParams, query: z.object(pageQuery), reply: page(z.object({ id: z.number().int(), at: instant, by: z.string(), action: z.string(), before: z.unknown(), after: z.unknown() })) });
