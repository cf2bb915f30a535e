import type { Ctx } from "../../platform/db.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { hideContacts, maskEmail, maskPhone, may, toldTo, type OwnContacts } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import { allowed, roleOf, type Process, type Transition } from "../processes/index.ts";
import { contactsOf } from "./tickets.contacts.service.ts";
import { departmentsFor, factsOf } from "./tickets.facts.rules.ts";
import type { TicketRow, TicketView, TransitionField } from "./tickets.contract.ts";
import { processOf, projectOf, type ProjectInUse } from "./tickets.definitions.ts";
import { guarded } from "./tickets.load.ts";
import { partsOf } from "./tickets.parts.ts";
import { selectPeople } from "./tickets.process.sql.ts";
import { engineRoles, statusOf, toEngine, typeOf, waitsFor } from "./tickets.rules.ts";
import type { Ticket } from "./tickets.sql.ts";
import { descriptionFor, subjectFor } from "./tickets.texts.ts";
import { selectWritten, type ListedTicket, type StoredAttachment, type Written } from "./tickets.view.sql.ts";

/** Who may not see a client's contacts sees them in part on tickets as on cards (decision 0046). */
const masks = (ctx: Ctx): boolean => !may(ctx, "clients.see_contacts");
const phoneFor = (ctx: Ctx, phone: string | null): string | null => (phone && masks(ctx) ? maskPhone(phone) : phone);

/** Lines of a list. Versions of processes never change and are kept, so that this asks nothing for all but the first. */
export async function toRows(ctx: Ctx, tickets: readonly ListedTicket[]): Promise<TicketRow[]> {
  const processes = new Map(await Promise.all([...new Set(tickets.map(({ processId }) => processId))].map(async (id) => [id, await processOf(ctx.db, id)] as const)));
  const contacts = await contactsOf(ctx, tickets.map(({ id }) => id));
  return tickets.map((ticket) => toRow(ctx, { ticket, own: contacts(ticket.id) }, processes.get(ticket.processId)!));
}

/** How the version a ticket lives by calls its stage, in the reader's language. */
export const stageNameOf = async (ctx: Ctx, { processId, stage }: { processId: string; stage: string }): Promise<string> => (await processOf(ctx.db, processId)).stages[stage]?.name[readerLanguage(ctx)] ?? stage;

const toRow = (ctx: Ctx, { ticket, own }: { ticket: ListedTicket; own: OwnContacts }, process: Process): TicketRow => ({
  id: ticket.id, number: ticket.number, projectKey: ticket.projectKey, type: ticket.type, stage: ticket.stage, status: ticket.status, subject: toldTo(ctx, subjectFor(ctx, ticket), own),
  clientId: ticket.clientId, clientName: ticket.clientName, ownerId: ticket.ownerId, ownerName: ticket.ownerName, department: ticket.department, priority: ticket.priority,
  dueAt: ticket.dueAt?.toISOString() ?? null, reopened: ticket.reopened, contactPhone: phoneFor(ctx, ticket.contactPhone), calls: ticket.calls, lastCallAt: ticket.lastCallAt?.toISOString() ?? null, createdAt: ticket.createdAt.toISOString(), updatedAt: ticket.updatedAt.toISOString(),
  stageName: process.stages[ticket.stage]?.name[readerLanguage(ctx)] ?? ticket.stage, waitsFor: waitsFor(process, ticket), isTask: ticket.parentId !== null,
});

/** Everything a desk shows of a ticket, in the reader's language. Rights were checked by who calls; `known` is what is written on it, where that is known. */
export async function toView(ctx: Ctx, ticket: Ticket, known?: Written): Promise<TicketView> {
  const process = await processOf(ctx.db, ticket.processId);
  const project = await projectOf(ctx.db, ticket.projectKey);
  const language = readerLanguage(ctx);
  const { clientName, ownerName, parent, subtasks, approvals, checks, clockRows, ...written } = known ?? await selectWritten(ctx.db, ticket, { readerId: ctx.actor.kind === "user" ? ctx.actor.id : null, language });
  const readOnly = !may(ctx, "tickets.write", guarded(ticket)) && may(ctx, "tickets.comment", guarded(ticket));
  const own = (await contactsOf(ctx, [ticket.id]))(ticket.id);
  const view: TicketView = {
    ...toRow(ctx, { ticket: { ...ticket, clientName, ownerName }, own }, process), ...written, masked: false, readOnly, description: descriptionFor(ctx, ticket), fields: ticket.fields, facts: [], language: ticket.language, channel: ticket.channel, contactEmail: ticket.contactEmail,
    interactionId: ticket.interactionId, resolution: ticket.resolution, score: ticket.score, clientComment: ticket.clientComment, closedAs: ticket.closedAs, mergedInto: ticket.mergedInto,
    stageSince: ticket.stageSince.toISOString(), version: ticket.version,
    typeName: typeOf(project.types, ticket.type)?.name[language] ?? ticket.type,
    transitions: ticket.mergedInto || readOnly ? [] : transitionsOf(ctx, { process, project, ticket, language }, await peopleOf(ctx, process, ticket)),
    stages: Object.entries(process.stages).map(([key, stage]) => ({ key, name: stage.name[language], status: statusOf(process, key) })),
    ...await partsOf(ctx, { process, project, ticket, language }, { parent, subtasks, approvals, checks, clockRows }),
  };
  const shown = masks(ctx) ? masked(view, own) : view;
  // Of what the reader is shown of the fields, not of what stands there.
  return { ...shown, facts: factsOf(process, project.departments, { fields: shown.fields, language }) };
}

function masked(view: TicketView, own: OwnContacts): TicketView {
  const email = view.contactEmail;
  return {
    ...hideContacts(view, own), masked: true, contactEmail: email && maskEmail(email),
    notices: view.notices.map((notice) => ({ ...hideContacts(notice, own), recipient: notice.recipient && maskEmail(notice.recipient) })),
  };
}

export const toAttachmentView = (row: StoredAttachment) => ({ id: row.id, name: row.name, mediaType: row.mediaType, bytes: row.bytes, at: row.at.toISOString(), by: row.by });

interface Shown { process: Process; project: ProjectInUse; ticket: Ticket; language: Language }

type People = { key: string; name: string }[];
/** Asked only for a process that names colleagues. */
const peopleOf = (ctx: Ctx, process: Process, ticket: Ticket): Promise<People> =>
  (Object.values(process.fields).some(({ kind }) => kind === "employee") ? selectPeople(ctx.db, ticket.projectKey) : Promise.resolve([]));

/** What only the program takes is nobody's to press, at any time. */
const isOurs = ({ who }: Transition): boolean => who.every((each) => roleOf(each) === "system");

function transitionsOf(ctx: Ctx, { process, project, ticket, language }: Shown, people: People): TicketView["transitions"] {
  const { actor } = ctx;
  const by = actor.kind === "user" ? { id: actor.id, roles: engineRoles(actor.roles), department: actor.department ?? null } : { id: null, roles: ["system" as const] };
  return allowed(process, toEngine(ticket), by).flatMap((offer) => {
    const transition = process.transitions[offer.key];
    if (!transition || isOurs(transition) || (!offer.allowed && offer.reason === "wrong_stage")) return [];
    return [{
      key: offer.key, to: offer.to, name: transition.name[language], allowed: offer.allowed, reason: offer.allowed ? null : offer.reason, requires: offer.requires,
      tellsClient: transition.notice !== undefined, fields: fieldsOf({ process, project, language, people }, transition), checklist: transition.checklist ?? null, approval: transition.approval?.deed ?? null, asksOthers: transition.subtasks.some(({ waits }) => waits),
    }];
  });
}

function fieldsOf({ process, project, language, people }: Pick<Shown, "process" | "project" | "language"> & { people: People }, transition: Transition): TransitionField[] {
  const asked = [...transition.requires.map(({ field, when }) => ({ key: field, required: true, when: when ?? null })), ...transition.accepts.map((key) => ({ key, required: false, when: null }))];
  const seen = new Map<string, (typeof asked)[number]>();
  for (const each of asked) if (!seen.has(each.key)) seen.set(each.key, each);
  return [...seen.values()].flatMap(({ key, required, when }) => {
    const field = process.fields[key];
    if (!field) return [];
    const texts = field.kind === "choice" ? field.options : field.kind === "department" ? departmentsFor(field, project.departments) : {};
    return [{
      key, name: field.name[language], kind: field.kind, required, when, options: field.kind === "employee" ? people : Object.entries(texts).map(([option, name]) => ({ key: option, name: name[language] })),
      maxLength: field.kind === "text" ? field.max_length : null, min: field.kind === "number" ? field.min : null, max: field.kind === "number" ? field.max : null, currency: field.kind === "money" ? field.currency : null,
    }];
  });
}
