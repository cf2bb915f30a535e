import { complete, compute, fieldAt, mask, rightsBy, type Field, type Form, type FormData, type Kind, type Masked } from "@linija/forms";
import type { Ctx } from "../../platform/db.ts";
import { CONTACT_KINDS, may, rights, toldTo, type OwnContacts, type Right } from "../access/index.ts";
import type { RecordView } from "./forms.contract.ts";
import type { FormInUse } from "./forms.definitions.ts";
import type { FileRow, RecordRow, Typing } from "./forms.sql.ts";

/** What the rights look at. Whose a form about a ticket is, the ticket says: who may see it was asked of that first. */
export const guardedRecord = ({ actor }: Ctx, record: Pick<RecordRow, "projectKey" | "ownerId" | "subjectKind">) =>
  ({ projectKey: record.projectKey, ownerId: record.subjectKind === "ticket" && actor.kind === "user" ? actor.id : record.ownerId });
export const contextOf = (ctx: Pick<Ctx, "now">, { phone }: FormInUse) => ({ values: { now: ctx.now() }, phone });

const rightsOf = rightsBy(CONTACT_KINDS);
const CONTACTS: ReadonlySet<Kind> = new Set(Object.keys(CONTACT_KINDS) as Kind[]);
/** Whether this reader is shown this place in bullets. A client sees what they say of themselves, but for what the form masks. */
export const isHidden = (ctx: Ctx, field: Field | null): boolean => field !== null && (field.masks.length > 0 || (ctx.actor.kind === "user" && isContact(ctx, field)));
const isContact = (ctx: Ctx, { tells }: Field): boolean => [...tells].some((kind) => CONTACTS.has(kind)) && !may(ctx, "clients.see_contacts");

/** Whether a place is nothing for this reader to ask by, in things of the project: not even for a reason they may see it. By its own rights, and by those of its parts. */
export const isHiddenFor = (ctx: Ctx, field: Field, projectKey: string): boolean =>
  rightsOf(field).some((right) => !may(ctx, right as Right, { projectKey })) || [...field.parts.values()].some((part) => isHiddenFor(ctx, part, projectKey));

/** What the form masks is masked for everybody: it is shown for a reason, never by opening a page. Numbers and mails besides for who sees contacts in part (decision 0046), also those written into texts: in whatever way where they are of what the form is about. */
export function hide(ctx: Ctx, form: Form, data: FormData, own: OwnContacts): Masked {
  const seesContacts = may(ctx, "clients.see_contacts");
  const hidden = mask(form, data, () => false, seesContacts ? undefined : CONTACTS);
  return { ...hidden, data: toldTo(ctx, hidden.data, own) };
}

/** A form as whoever acts is shown it. */
export const shownTo = (ctx: Ctx, form: Form, data: FormData, own: OwnContacts): FormData => (ctx.actor.kind === "user" ? hide(ctx, form, data, own).data : ctx.actor.kind === "client" ? mask(form, data, () => false).data : data);

/** Whether this person may see what is hidden here for a reason; undefined where nothing is. A client's contacts are for who works on it. */
export function mayReveal(ctx: Ctx, field: Field | null, record: RecordRow): boolean | undefined {
  if (!field || !isHidden(ctx, field)) return undefined;
  const isContactShown = !isContact(ctx, field) || may(ctx, "forms.fill", guardedRecord(ctx, record));
  return isContactShown && field.masks.every((right) => (rights as string[]).includes(right) && may(ctx, right as Right, guardedRecord(ctx, record)));
}

/** Ids of the files that stand in fields of the kind. */
export function filesIn(parts: ReadonlyMap<string, Field>, data: unknown): string[] {
  return [...parts.values()].flatMap((field) => {
    const value = (data as FormData | undefined)?.[field.key];
    if (field.kind === "file") return Array.isArray(value) ? value.map(String) : [];
    const rows: unknown[] = field.kind === "table" && Array.isArray(value) ? value : [value];
    return field.parts.size > 0 ? rows.flatMap((row) => filesIn(field.parts, row)) : [];
  });
}

/** Rights that masked fields of files ask for, also those within masked groups and tables. */
const fileRights = (parts: ReadonlyMap<string, Field>): string[] => [...parts.values()].flatMap((field) => (field.kind === "file" ? field.masks : fileRights(field.parts)));

/** A file in a field everybody may read is open. Where the form masks any files, the others, also one that stands in no field any more, are for who may see what is masked. */
export function fileAccess(ctx: Ctx, form: Form, record: RecordRow): (fileId: string) => "open" | "masked" | "hidden" {
  const asked = fileRights(form.fields);
  if (asked.length === 0) return () => "open";
  const shown = new Set(filesIn(form.fields, mask(form, record.data, () => false).data));
  const rest = asked.every((right) => may(ctx, right as Right, guardedRecord(ctx, record))) ? "masked" : "hidden";
  return (fileId) => (shown.has(fileId) ? "open" : rest);
}

export const typingNow = (ctx: Ctx, marks: readonly Typing[]): RecordView["typing"] =>
  marks.filter(({ until }) => until > ctx.now().toISOString()).map(({ by, id, name, path }) => ({ by, name, path, me: ctx.actor.kind === "user" ? id === ctx.actor.id : by === "client" }));

export function toRecordView(ctx: Ctx, used: FormInUse, record: RecordRow, more: { files: FileRow[]; mayWrite: boolean; own: OwnContacts }): RecordView {
  const { form } = used;
  const context = contextOf(ctx, used);
  const data = record.state === "draft" ? compute(form, record.data, context) : record.data;
  const hidden = hide(ctx, form, data, more.own);
  const { percent, missing } = complete(form, record.data, context);
  const access = fileAccess(ctx, form, record);
  const isLinked = record.linkUntil !== null && record.linkUntil > ctx.now();
  return {
    id: record.id, projectKey: record.projectKey, formId: record.formId, formKey: record.formKey, formName: form.document.name, subject: subjectOf(record), state: record.state, version: record.version,
    data: hidden.data, masked: hidden.masked.map((path) => ({ path, mayReveal: mayReveal(ctx, fieldAt(form.fields, path), record) ?? false })),
    filledBy: record.filledBy, typing: typingNow(ctx, record.typing), files: more.files.filter(({ id }) => access(id) !== "hidden").map(toFile), percent, missing,
    createdAt: record.createdAt.toISOString(), updatedAt: record.updatedAt.toISOString(), submittedAt: record.submittedAt?.toISOString() ?? null, submittedBy: record.submittedBy,
    link: isLinked ? { until: record.linkUntil!.toISOString() } : null, clientReadyAt: record.clientReadyAt?.toISOString() ?? null, mayWrite: more.mayWrite && record.state === "draft",
  };
}

export const subjectOf = (record: Pick<RecordRow, "subjectKind" | "subjectId">) => (record.subjectKind && record.subjectId ? { kind: record.subjectKind, id: record.subjectId } : null);
export const toFile = ({ id, name, mediaType, bytes, byName, at }: FileRow): RecordView["files"][number] => ({ id, name, mediaType, bytes, by: byName, at: at.toISOString() });
