import type { TicketView, TransitionField } from "@linija/server/contract/tickets/tickets";
import type { Reply } from "../../shared/api.ts";
import { useApi } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { useTypes } from "./useTypes.ts";

type Asked = Pick<TransitionField, "key" | "kind" | "options">;
type Record = Pick<Reply<"getRecord">, "data" | "masked">;
export type Said = (fields: readonly Asked[]) => { [key: string]: string };

const NOTHING: Said = () => ({});

/** What the ticket's own form already says is not asked for once more: a step that asks the same begins with it. */
export function useSaid(ticket: Pick<TicketView, "id" | "projectKey" | "type" | "fields">): Said {
  const me = useMe();
  const wanted = useTypes(ticket).type?.form ?? null;
  const { data: list } = useApi("listRecords", { query: { subjectKind: "ticket", subjectId: ticket.id, limit: 20 } }, { enabled: wanted !== null && may(me, "forms.read") });
  const filled = list?.items.find(({ formKey, state }) => formKey === wanted && state === "submitted");
  const { data: record } = useApi("getRecord", { params: { id: filled?.id ?? "" } }, { enabled: filled !== undefined });
  return record ? saidBy(record, ticket.fields) : NOTHING;
}

/** By equal names and kinds; a later word of the ticket itself goes before, and what is shown in part only is left out. */
export const saidBy = ({ data, masked }: Record, later: { readonly [key: string]: unknown }): Said => (fields) => {
  const hidden = new Set(masked.map(({ path }) => path.split(/[.[]/, 1)[0]));
  return Object.fromEntries(fields.filter(({ key }) => data[key] != null && !hidden.has(key)).flatMap((field) => {
    const text = textOf(field, later[field.key] ?? data[field.key]);
    return text === null ? [] : [[field.key, text]];
  }));
};

/** Where one department alone can be asked, it is. */
export const onlyOnes = (fields: readonly Pick<TransitionField, "key" | "kind" | "options" | "required">[]): { [key: string]: string } =>
  Object.fromEntries(fields.flatMap(({ key, kind, required, options: [one, ...others] }) => (kind === "department" && required && one && others.length === 0 ? [[key, one.key]] : [])));

/** As it stands in a field of a step; null where it does not fit. */
function textOf({ kind, options }: Asked, value: unknown): string | null {
  const plain = valueOf(value);
  if (kind === "moment" || plain === null) return null;
  const text = String(plain);
  return options.length === 0 || options.some(({ key }) => key === text) ? text : null;
}

/** Of what was looked up its id, of money the amount. */
function valueOf(value: unknown): string | number | boolean | null {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return null;
  const { id, amount } = value as { id?: unknown; amount?: unknown };
  return typeof id === "string" ? id : typeof amount === "string" ? amount : null;
}
