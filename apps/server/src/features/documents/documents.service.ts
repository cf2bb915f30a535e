import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { problemText } from "@linija/rules";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { AppError, conflict, forbidden, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { writeWhole } from "../../platform/files.ts";
import { newId } from "../../platform/ids.ts";
import { sameOrRefused } from "../../platform/once.ts";
import { readerLanguage, translate } from "../../platform/messages.ts";
import { contactsIn, may, maskWithin, type Right } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import { isOpen, wordsOf, workingClock } from "../projects/index.ts";
import { catalogueFor, contextFor } from "../rules/index.ts";
import { guarded, loadTicket, processOf, projectOf, type ProjectInUse, type Ticket } from "../tickets/index.ts";
import type * as contracts from "./documents.contract.ts";
import type { DocumentView } from "./documents.contract.ts";
import type { DocumentDeclaration } from "./documents.declaration.contract.ts";
import { canPrint } from "./documents.fonts.ts";
import { printable, type LettersKind } from "./documents.letters.rules.ts";
import { safeName } from "./documents.name.rules.ts";
import type { Pdf, Printer } from "./documents.pdf.ts";
import { personsIn } from "./documents.persons.rules.ts";
import { compileDocument, printDocument, type PrintedDocument } from "./documents.rules.ts";
import { insertDocument, nextDocumentNumber, selectAnyDocument, selectDocument, selectDocuments, type ShownDocument } from "./documents.sql.ts";

/** Where the files lie, and who prints them. */
export interface DocumentStore { folder: string; printer: Printer }

const MOST = 200;

/** Of a paper of before rights were kept with it, it is not known what it shows. */
const UNKNOWN = ["clients.see_contacts", "clients.documents"];
/** Whether the reader may see all that the paper shows. */
export const mayOpenDocument = (ctx: Ctx, ticket: Ticket, { needs }: Pick<ShownDocument, "needs">): boolean => (needs ?? UNKNOWN).every((right) => may(ctx, right as Right, guarded(ticket)));

const toView = (row: ShownDocument, mayOpen: boolean): DocumentView => ({
  id: row.id, key: row.key, name: row.name, number: row.version, language: row.language, fileName: mayOpen ? row.fileName : `${row.key}-${row.language}-${row.version}.pdf`, mayOpen, bytes: row.bytes, pages: row.pages, sha256: row.sha256, by: row.by, at: row.madeAt.toISOString(),
});

/** Of this type of ticket, in the order of their keys. */
const declaredFor = (project: ProjectInUse, type: string): DocumentDeclaration[] =>
  Object.values((project.more.documents ?? {}) as Record<string, DocumentDeclaration>).filter(({ types }) => types.length === 0 || types.includes(type));

export async function listDocuments(ctx: Ctx, ticketId: string): Promise<z.input<typeof contracts.listDocuments.reply>> {
  const ticket = await loadTicket(ctx, ticketId, "tickets.read");
  const project = await projectOf(ctx.db, ticket.projectKey);
  const language = readerLanguage(ctx);
  const offers = may(ctx, "tickets.attach", guarded(ticket)) ? declaredFor(project, ticket.type).map(({ key, name, languages }) => ({ key, name: name[language], languages })) : [];
  return { items: (await selectDocuments(ctx.db, ticketId)).map((row) => toView(row, mayOpenDocument(ctx, ticket, row))), offers };
}

type Made = z.output<typeof contracts.makeDocument.body>;

/**
 * Prints the ticket as it stands, writes the file whole and flushed, then its row. Printing takes longer than a lock
 * should be held, so the row says which version of the ticket it was made from. Sent again under its
 * id it is the same paper.
 */
export async function makeDocument(ctx: Ctx, ticketId: string, { id, key, language }: Made, { folder, printer }: DocumentStore): Promise<z.input<typeof contracts.makeDocument.reply>> {
  const ticket = await loadTicket(ctx, ticketId, "tickets.attach");
  const project = await projectOf(ctx.db, ticket.projectKey);
  const declared = declaredFor(project, ticket.type).find((each) => each.key === key);
  if (!declared) throw invalidField("key", "document_unknown");
  if (!declared.languages.includes(language)) throw invalidField("language", "document_language");
  const { printed, needs } = await words(ctx, { ticket, project, declared, language });
  const { printed: shown, lacking } = printable(printed, { has: canPrint, nameOf: (kind: LettersKind) => translate(language, `letters_${kind}`) });
  const there = id && await selectAnyDocument(ctx.db, id);
  if (there) return { ...sameDocument(ctx, ticket, { there, key, language }), lacking };
  const made = await printer.print(shown, ctx.now());
  // Under a name of its own: what is sent twice at once is printed twice, and one of the two is taken away again.
  const path = join(ctx.now().toISOString().slice(0, 7), `${newId(ctx.now().getTime())}.pdf`);
  await writeWhole(join(folder, path), made.pdf);
  let isKept = false;
  try {
    const { view, isNew } = await store(ctx, { id: id ?? newId(ctx.now().getTime()), path, declared, printed, needs, made, version: ticket.version, ticketId, language });
    isKept = isNew;
    return { ...view, lacking };
  } finally {
    if (!isKept) await rm(join(folder, path), { force: true });
  }
}

const makerOf = ({ actor }: Ctx): string | null => (actor.kind === "user" ? actor.id : null);
const sameDocument = (ctx: Ctx, ticket: Ticket, { there, key, language }: { there: ShownDocument | undefined; key: string; language: Language }): DocumentView =>
  toView(sameOrRefused(there, { ticketId: ticket.id, key, language, madeBy: makerOf(ctx) }), mayOpenDocument(ctx, ticket, there!));

interface Wanted { ticket: Awaited<ReturnType<typeof loadTicket>>; project: ProjectInUse; declared: DocumentDeclaration; language: Language }

async function words(ctx: Ctx, { ticket, project, declared, language }: Wanted): Promise<{ printed: PrintedDocument; needs: string[] }> {
  const clock = workingClock(project.calendar, project.project.time_zone);
  const hours = () => ({ ...clock, isOpen: (at: Date) => isOpen(project.calendar, project.project.time_zone, at) });
  const catalogue = catalogueFor(project, { processes: [await processOf(ctx.db, ticket.processId)], purpose: "guard", hours });
  // Compiled with the rights of who makes it: a paper must not show what its maker may not see.
  const needs = new Set<string>();
  const compiled = compileDocument(declared, catalogue, (right) => may(ctx, right as Right, guarded(ticket)) && needs.add(right).size > 0);
  if (!compiled.ok) throw conflict("document_beyond_rights", { problem: wordsOf(compiled.problems[0]!, ctx.actor.kind === "user" ? (ctx.actor.language as Language) : language).message });
  const reads = ["ticket", "ticket.owner", "client", "call", "form"];
  const { key, time_zone, languages, name } = project.project;
  const found = await contextFor(ctx.db, { ticketIds: [ticket.id], reads, catalogue, now: ctx.now(), actor: ctx.actor, project: { key, name: name[language], time_zone, languages } });
  const values = found.get(ticket.id)?.values ?? {};
  const result = printDocument(compiled.document, { ...values, form: personsIn(values["form"], language) }, { language, timeZone: time_zone });
  if (!result.ok) throw conflict("document_not_computed", { problem: problemText(result.problem, readerLanguage(ctx)) });
  // What people wrote into texts no declaration knows of: a paper goes to the client whole, or is not made.
  if (showsContacts({ printed: result.printed, declared }, ticket)) needs.add("clients.see_contacts");
  if (needs.has("clients.see_contacts") && !may(ctx, "clients.see_contacts", guarded(ticket))) throw conflict("document_with_contacts");
  return { printed: result.printed, needs: [...needs] };
}

/** The company's own, which the declaration says, are nobody's secret. */
function showsContacts({ printed, declared }: { printed: PrintedDocument; declared: DocumentDeclaration }, { contactPhone: phone, contactEmail: email }: Ticket): boolean {
  const [whole, own] = [JSON.stringify(printed), JSON.stringify(declared)];
  return contactsIn(whole).some((contact) => !own.includes(contact)) || maskWithin(whole, { phone, email }) !== whole;
}

interface ToStore { id: string; path: string; declared: DocumentDeclaration; printed: PrintedDocument; needs: string[]; made: Pdf; version: number; ticketId: string; language: Language }

async function store(ctx: Ctx, { id, path, declared, printed, needs, made, version, ticketId, language }: ToStore): Promise<{ view: DocumentView; isNew: boolean }> {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, ticketId, "tickets.attach", { lock: true });
    const { n, version: shown, all } = await nextDocumentNumber(ctx.db, ticketId, { key: declared.key, language });
    if (all >= MOST) throw conflict("document_too_many", { most: MOST });
    const row = {
      id, ticketId, key: declared.key, number: n, language, name: declared.name[language], fileName: `${safeName(printed.title)}-${language}-${shown}.pdf`, bytes: made.pdf.length, pages: made.pages,
      sha256: createHash("sha256").update(made.pdf).digest("hex"), path, declarationHash: createHash("sha256").update(JSON.stringify(declared)).digest("hex"), ticketVersion: version,
      madeBy: makerOf(ctx), madeAt: ctx.now(), needs,
    };
    if (!(await insertDocument(ctx.db, row))) return { view: sameDocument(ctx, ticket, { there: await selectAnyDocument(ctx.db, id), key: declared.key, language }), isNew: false };
    await emit(ctx, { type: "ticket.document_made", subject: { kind: "ticket", id: ticketId }, data: { documentId: id, key: declared.key, number: shown, language, projectKey: ticket.projectKey } });
    await audit(ctx, { action: "ticket.document", object: { kind: "ticket", id: ticketId }, after: { documentId: id, key: declared.key, number: shown, language, sha256: row.sha256 } });
    return { view: toView({ ...row, version: shown, by: ctx.actor.name }, true), isNew: true };
  });
}

/** The file as it lies, for those who may see the ticket and all that the paper shows. */
export async function openDocument(ctx: Ctx, ticketId: string, id: string, store: Pick<DocumentStore, "folder">) {
  const ticket = await loadTicket(ctx, ticketId, "tickets.read");
  const row = await selectDocument(ctx.db, ticketId, id);
  if (row && !mayOpenDocument(ctx, ticket, row)) throw forbidden();
  return documentFile(ctx, ticketId, id, store);
}

/** For who has asked already whether the reader may have it. */
export const findDocument = (ctx: Ctx, ticketId: string, id: string) => selectDocument(ctx.db, ticketId, id);

/** The same with its file open. */
export async function documentFile(ctx: Ctx, ticketId: string, id: string, { folder }: Pick<DocumentStore, "folder">) {
  const row = await selectDocument(ctx.db, ticketId, id);
  if (!row) throw notFound("document", id);
  const path = join(folder, row.path);
  const file = await open(path).catch(() => { throw new AppError("unavailable", "document_file_away", { retryAfterS: 60 }); });
  return { fileName: row.fileName, bytes: row.bytes, stream: createReadStream(path, { fd: file }) };
}
