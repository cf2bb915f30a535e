import { z } from "zod";
import { attachmentView, factView, processParts } from "./tickets.parts.contract.ts";
import { contract, idParams, instant, languageSchema, okReply, page, pageQuery, sentId } from "../api.contract.ts";

export { attachmentView };

export const ticketStatus = z.enum(["open", "waiting", "done", "closed"]);
export const ticketRow = z.object({
  id: z.uuid(), number: z.string(), projectKey: z.string(), type: z.string(), stage: z.string(), status: ticketStatus, subject: z.string(),
  clientId: z.uuid().nullable(), clientName: z.string(), ownerId: z.uuid().nullable(), ownerName: z.string(), department: z.string().nullable(),
  priority: z.number().int(), dueAt: instant.nullable(), reopened: z.number().int(), contactPhone: z.string().nullable(), createdAt: instant, updatedAt: instant,
  /** Of a callback: how often the client has called before anybody called back; when last, if more than once. */
  calls: z.number().int(), lastCallAt: instant.nullable(),
  /** As the ticket's version of its process names it, in the reader's language. */
  stageName: z.string(),
  /** The clock of its deadline stands still: for whom. Then `dueAt` is of before, and the ticket is not late by it. */
  waitsFor: z.enum(["client", "department", "other"]).nullable(),
  /** What another ticket asked for, and no request of the client. */
  isTask: z.boolean(),
});
export type TicketRow = z.infer<typeof ticketRow>;

/** What the form of a transition asks for; `when`: needed only while those fields have those values. */
export const transitionField = z.object({
  key: z.string(), name: z.string(), kind: z.enum(["text", "number", "choice", "moment", "department", "employee", "boolean", "date", "money"]), required: z.boolean(), when: z.record(z.string(), z.string()).nullable(),
  /** Of a choice and of a department. */
  options: z.array(z.object({ key: z.string(), name: z.string() })), maxLength: z.number().int().nullable(), min: z.number().nullable(), max: z.number().nullable(),
  /** Of money; its value is exact text, `12.50`. */
  currency: z.string().nullable(),
});
export type TransitionField = z.infer<typeof transitionField>;
/** Transitions that leave the ticket's stage; those not allowed say why (`not_your_role`). */
export const transitionView = z.object({ key: z.string(), to: z.string(), name: z.string(), allowed: z.boolean(), reason: z.string().nullable(), requires: z.array(z.string()), tellsClient: z.boolean(), fields: z.array(transitionField),
  /** Every item of it has to be ticked before. */
  checklist: z.string().nullable(), /** Deed that needs authority. */ approval: z.string().nullable(), /** Departments are asked, and the work waits for their answers. */ asksOthers: z.boolean() });
export const noteView = z.object({ id: z.uuid(), text: z.string(), by: z.string(), at: instant });
export const noticeView = z.object({ id: z.uuid(), key: z.string(), language: languageSchema, recipient: z.string(), subject: z.string(), body: z.string(), state: z.enum(["queued", "sent", "failed", "no_address"]), at: instant });
export const ticketSchema = ticketRow.extend({
  description: z.string(), fields: z.record(z.string(), z.unknown()), /** Those of them that the process declares, in its order. */ facts: z.array(factView), language: languageSchema, channel: z.string(), contactEmail: z.string().nullable(), /** Phone and mail are shown in part only. */ masked: z.boolean(), /** The reader was asked for advice: reads it and writes notes, no more. */ readOnly: z.boolean(), interactionId: z.uuid().nullable(),
  resolution: z.string().nullable(), score: z.number().int().nullable(), clientComment: z.string().nullable(), closedAs: z.string().nullable(), stageSince: instant, version: z.number().int(),
  /** The ticket it was merged into; nothing is written on it any more. */
  mergedInto: z.uuid().nullable(),
  typeName: z.string(), transitions: z.array(transitionView), notes: z.array(noteView), notices: z.array(noticeView), attachments: z.array(attachmentView),
  /** The whole way of this process, for the stage line. */
  stages: z.array(z.object({ key: z.string(), name: z.string(), status: ticketStatus })),
  ...processParts,
});
export type TicketView = z.infer<typeof ticketSchema>;

export const ticketViews = z.enum(["mine", "open", "unassigned", "callbacks", "waiting", "breaching", "done", "all", "unconfirmed", "department"]);
export const listTickets = contract({ method: "GET", path: "/tickets", summary: "Tickets of a view, keyset-paged", query: z.object({ view: ticketViews.default("open"), project: z.string().max(40).optional(), clientId: z.uuid().optional(), number: z.string().max(40).optional(), /** Open callbacks to this number, whatever the view. */ phone: z.string().max(32).optional(), ...pageQuery }), reply: page(ticketRow) });
export const getTicket = contract({ method: "GET", path: "/tickets/:id", summary: "One ticket with its notes, notices, attachments and allowed transitions", params: idParams, reply: ticketSchema });
export const createTicket = contract({
  method: "POST", path: "/tickets", summary: "Register a request; it gets its number at once",
  body: z.object({
    projectKey: z.string().min(1).max(40), type: z.string().min(1).max(40), subject: z.string().trim().min(1).max(200), description: z.string().trim().max(20_000).default(""),
    clientId: z.uuid().nullable().default(null), interactionId: z.uuid().nullable().default(null), dueAt: instant.nullable().default(null), /** 0 low, 1 normal, 2 high, 3 urgent; without it, the type's. */
    priority: z.number().int().min(0).max(3).optional(),
    language: languageSchema.optional(), contactPhone: z.string().max(32).nullable().optional(), contactEmail: z.email().max(160).nullable().optional(), fields: z.record(z.string().max(60), z.unknown()).default({}),
    /** Chosen by the desk once per form, so that sending twice makes one ticket. */
    draftId: z.uuid().toLowerCase().optional(),
    /** A draft of the type's form, by the same person: it belongs to the ticket from then on and is submitted with it, or nothing is registered. */
    formRecordId: z.uuid().optional(),
  }),
  reply: ticketSchema,
});
export const updateTicket = contract({ method: "PATCH", path: "/tickets/:id", summary: "Change a ticket's data; only the version seen is changed", params: idParams, body: z.object({ version: z.number().int(), subject: z.string().trim().min(1).max(200).optional(), description: z.string().trim().max(20_000).optional(), dueAt: instant.nullable().optional(), priority: z.number().int().min(0).max(3).optional(), ownerId: z.uuid().nullable().optional(), department: z.string().max(60).nullable().optional(), fields: z.record(z.string().max(60), z.unknown()).optional(), contactEmail: z.email().max(160).nullable().optional(), contactPhone: z.string().max(32).nullable().optional(), /** Whose it is, of a ticket that is nobody's yet. */ clientId: z.uuid().optional() }), reply: ticketSchema });
export const moveTicket = contract({ method: "POST", path: "/tickets/:id/transitions", summary: "Take a transition of the ticket's process", params: idParams, body: z.object({ version: z.number().int(), transition: z.string().max(60), input: z.record(z.string().max(60), z.unknown()).default({}) }), reply: ticketSchema });
export const revealContacts = contract({ method: "POST", path: "/tickets/:id/contacts", contacts: "asked", summary: "Show the client's number and mail to who works on the ticket but sees them in part, for a reason that is audited", params: idParams, body: z.object({ reason: z.string().trim().min(3).max(300) }), reply: z.object({ phone: z.string().nullable(), email: z.string().nullable() }) });
export const addNote = contract({ method: "POST", path: "/tickets/:id/notes", summary: "An internal note; it cannot reach a client. Sent again with its id it is one note", params: idParams, body: z.object({ id: sentId, text: z.string().trim().min(1).max(10_000) }), reply: noteView });
/** Multipart: one part `file`. */
export const addAttachment = contract({ method: "POST", path: "/tickets/:id/attachments", summary: "Attach a file (multipart, part `file`, at most 20 MB). Sent again with its id it is one file", params: idParams, query: z.object({ id: sentId }), reply: attachmentView });
export const removeAttachment = contract({ method: "DELETE", path: "/tickets/:id/attachments/:attachmentId", summary: "Remove an attachment", params: z.object({ id: z.uuid(), attachmentId: z.uuid() }), reply: okReply });
export const ticketTypes = contract({ method: "GET", path: "/tickets/types", summary: "Ticket types and dispositions of the projects one works in", reply: z.object({ projects: z.array(z.object({ key: z.string(), name: z.string(), color: z.string(), languages: z.array(languageSchema), types: z.array(z.object({ key: z.string(), name: z.string(), /** What the client came with (R127). */ intake: z.enum(["question", "problem", "request"]), deadlineHours: z.number().nullable(), requires: z.array(z.string()), registrable: z.boolean(), /** Key of the form that is filled for it. */ form: z.string().nullable(), /** It cannot be registered without. */ formRequired: z.boolean() })), dispositions: z.array(z.object({ key: z.string(), name: z.string(), requiresNotes: z.boolean(), requiresTicket: z.boolean(), requiresClient: z.boolean(), directions: z.array(z.enum(["in", "out"])) })), /** That its work can be given to, by their names. */ departments: z.array(z.object({ key: z.string(), name: z.string() })) })) }) });
