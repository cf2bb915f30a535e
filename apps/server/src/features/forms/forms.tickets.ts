import { AppError, conflict, invalid, invalidField } from "../../platform/errors.ts";
import type { TicketForms } from "../tickets/index.ts";
import { formInUse } from "./forms.definitions.ts";
import { attachLocked, submitLocked, userId } from "./forms.service.ts";
import { selectRecordForUpdate } from "./forms.sql.ts";
import { subjectOf } from "./forms.view.ts";

/** What registering a ticket asks of forms, in the transaction that writes the ticket. */
export const ticketForms: TicketForms = {
  async submitFor(ctx, recordId, { id, projectKey, formKey }) {
    const record = await selectRecordForUpdate(ctx.db, recordId);
    // Another person's draft, or of another project or form, is not told from one that is not there.
    if (!record || record.projectKey !== projectKey || record.formKey !== formKey || record.ownerId !== userId(ctx)) throw invalidField("form", "form_unknown");
    if (subjectOf(record)) throw conflict("form_attached");
    const attached = await attachLocked(ctx, record, { kind: "ticket", id }, { withTicket: true });
    if (attached.state === "draft") await named(submitLocked(ctx, { record: attached, used: await formInUse(ctx.db, attached.formId), conflicts: [] }, { withTicket: true }));
  },
};

/** The faults of the form stand among those of the ticket under its name: `form.phone`. */
const named = async (work: Promise<unknown>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AppError) || error.reason !== "form_faults") throw error;
    throw invalid(error.fields.map((fault) => ({ ...fault, field: fault.field.replace(/^data/, "form") })), "form_faults");
  }
};
