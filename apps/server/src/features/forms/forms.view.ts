import { complete, compute, fieldAt, mask } from "@linija/forms";
import type { Ctx } from "../../platform/db.ts";
import { may, rights, type Right } from "../access/index.ts";
import type { RecordView } from "./forms.contract.ts";
import type { FormInUse } from "./forms.definitions.ts";
import type { FileRow, RecordRow, Typing } from "./forms.sql.ts";

/** What the rights look at. Whose a form about a ticket is, the ticket says: who may see it was asked of that first. */
export const guardedRecord = ({ actor }: Ctx, record: Pick<RecordRow, "projectKey" | "ownerId" | "subjectKind">) =>
  ({ projectKey: record.projectKey, ownerId: record.subjectKind === "ticket" && actor.kind === "user" ? actor.id : record.ownerId });
export const contextOf = (ctx: Pick<Ctx, "now">, { phone }: FormInUse) => ({ values: { now: ctx.now() }, phone });

/** Whether this person may see a masked field for a reason. */
export const mayReveal = (ctx: Ctx, right: string, record: RecordRow): boolean => (rights as string[]).includes(right) && may(ctx, right as Right, guardedRecord(ctx, record));

export const typingNow = (ctx: Ctx, marks: readonly Typing[]): RecordView["typing"] =>
  marks.filter(({ until }) => until > ctx.now().toISOString()).map(({ by, id, name, path }) => ({ by, name, path, me: ctx.actor.kind === "user" ? id === ctx.actor.id : by === "client" }));

/** Masked for everybody: a masked value is shown for a reason (`revealField`), never by opening a page. */
export function toRecordView(ctx: Ctx, used: FormInUse, record: RecordRow, more: { files: FileRow[]; mayWrite: boolean }): RecordView {
  const { form } = used;
  const context = contextOf(ctx, used);
  const data = record.state === "draft" ? compute(form, record.data, context) : record.data;
  const hidden = mask(form, data, () => false);
  const { percent, missing } = complete(form, record.data, context);
  const isLinked = record.linkUntil !== null && record.linkUntil > ctx.now();
  return {
    id: record.id, projectKey: record.projectKey, formId: record.formId, formKey: record.formKey, formName: form.document.name, subject: subjectOf(record), state: record.state, version: record.version,
    data: hidden.data, masked: hidden.masked.map((path) => ({ path, mayReveal: mayReveal(ctx, fieldAt(form.fields, path)?.mask ?? "", record) })),
    filledBy: record.filledBy, typing: typingNow(ctx, record.typing), files: more.files.map(toFile), percent, missing,
    createdAt: record.createdAt.toISOString(), updatedAt: record.updatedAt.toISOString(), submittedAt: record.submittedAt?.toISOString() ?? null, submittedBy: record.submittedBy,
    link: isLinked ? { until: record.linkUntil!.toISOString() } : null, mayWrite: more.mayWrite && record.state === "draft",
  };
}

export const subjectOf = (record: Pick<RecordRow, "subjectKind" | "subjectId">) => (record.subjectKind && record.subjectId ? { kind: record.subjectKind, id: record.subjectId } : null);
export const toFile = ({ id, name, mediaType, bytes, byName, at }: FileRow): RecordView["files"][number] => ({ id, name, mediaType, bytes, by: byName, at: at.toISOString() });
