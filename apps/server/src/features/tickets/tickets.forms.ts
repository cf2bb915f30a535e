import type { Ctx, TxCtx } from "../../platform/db.ts";
import { invalidField } from "../../platform/errors.ts";
import { needsForm } from "./tickets.rules.ts";

/** What the forms feature does for a new ticket. Forms know tickets, not the other way round, so the composition root gives it. */
export interface TicketForms {
  /** The draft is about this ticket from now on, and is submitted. Refused when it is not the actor's draft of that project and form, or not complete. */
  submitFor(ctx: TxCtx, recordId: string, ticket: { id: string; projectKey: string; formKey: string }): Promise<void>;
}

interface Wanted { type: { form?: string | undefined; form_required?: boolean | undefined }; projectKey: string; recordId: string | undefined; forms: TicketForms | undefined }

/** How the form gets onto the ticket once that is written; null: there is none. Only people have to fill it in: rules and departments have no client to ask. */
export function formFor(ctx: Ctx, { type, projectKey, recordId, forms }: Wanted): ((ctx: TxCtx, ticketId: string) => Promise<void>) | null {
  const formKey = type.form;
  if (!recordId) {
    if (ctx.actor.kind === "user" && needsForm(type)) throw invalidField("form", "required");
    return null;
  }
  if (formKey === undefined || !forms) throw invalidField("form", "form_not_asked");
  return (ctx, ticketId) => forms.submitFor(ctx, recordId, { id: ticketId, projectKey, formKey });
}
