import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { compute, isEmpty, partOf, stateOf, valueAt, withValue } from "@linija/forms";
import type { Ctx } from "../../platform/db.ts";
import { forbidden, notFound } from "../../platform/errors.ts";
import { may } from "../access/index.ts";
import { alongOf, contactsOf, type Along, type FileStore } from "../tickets/index.ts";
import type * as contracts from "./forms.contract.ts";
import { formInUse } from "./forms.definitions.ts";
import { selectFiles, selectOfSubject, type FileRow, type RecordRow } from "./forms.sql.ts";
import { contextOf, fileAccess, filesIn, hide, toFile } from "./forms.view.ts";

type TaskForm = z.input<typeof contracts.taskForms.reply>["items"][number];
const MOST = 20;

/** What of the forms of the ticket that asked goes along with a task: the places its process gives, filled and shown there now, in bullets what the reader would see in bullets. */
export async function taskForms(ctx: Ctx, taskId: string): Promise<{ items: TaskForm[] }> {
  if (!may(ctx, "forms.read")) throw forbidden();
  const along = await alongOf(ctx, taskId);
  if (!along) return { items: [] };
  const records = await selectOfSubject(ctx.db, { kind: "ticket", id: along.parentId }, { after: null, limit: MOST });
  const shown = await Promise.all(records.map(async (record) => (await given(ctx, along, record)).form));
  return { items: shown.filter(({ data }) => Object.keys(data).length > 0) };
}

async function given(ctx: Ctx, along: Along, record: RecordRow): Promise<{ form: TaskForm; files: FileRow[] }> {
  const used = await formInUse(ctx.db, record.formId);
  const { form } = used;
  const context = contextOf(ctx, used);
  const data = record.state === "draft" ? compute(form, record.data, context) : record.data;
  const seen = hide(ctx, form, data, (await contactsOf(ctx, [along.parentId]))(along.parentId));
  const there = [...stateOf(form, data, context).hidden].reduce((left, place) => withValue(left, place, null), seen.data);
  const part = partOf(form, there, along.isFormPlace);
  const inFields = new Set(filesIn(form.fields, part.data));
  const access = fileAccess(ctx, form, record);
  const files = (await selectFiles(ctx.db, record.id)).filter(({ id }) => inFields.has(id) && access(id) === "open");
  return {
    files,
    form: {
      id: record.id, name: form.document.name, state: record.state, definition: part.document as unknown as Record<string, unknown>, timeZone: form.timeZone, country: used.country,
      data: part.data, masked: seen.masked.filter((path) => !isEmpty(valueAt(part.data, path))), files: files.map(toFile),
    },
  };
}

/** A file of such a form, as it lies. */
export async function openTaskFile(ctx: Ctx, { taskId, id, fileId }: { taskId: string; id: string; fileId: string }, store: FileStore) {
  const along = await alongOf(ctx, taskId);
  const record = along ? (await selectOfSubject(ctx.db, { kind: "ticket", id: along.parentId }, { after: null, limit: MOST })).find((one) => one.id === id) : undefined;
  const row = along && record ? (await given(ctx, along, record)).files.find((one) => one.id === fileId) : undefined;
  if (!row) throw notFound("attachment", fileId);
  return { name: row.name, mediaType: row.mediaType, bytes: row.bytes, stream: createReadStream(join(store.folder, row.path)) };
}
