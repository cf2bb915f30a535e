import type { TicketFilter } from "@linija/server/contract/views/views";
import { Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useT, type MessageKey } from "../../i18n/intl.tsx";
import { amountOf, digitsOf, numberOf, readOf } from "../../shared/numbers.ts";
import { fieldError } from "../../shared/problem.tsx";
import type { Reply } from "../../shared/api.ts";
import { useTyped } from "../../shared/useTyped.ts";
import { useColumns } from "./ColumnsPicker.tsx";
import css from "./views.module.css";

export type Condition = NonNullable<TicketFilter["fields"]>[number];
export type Field = Reply<"ticketColumns">["items"][number];
type Is = Condition["is"];

/** What can be asked of a field of this kind; the first is meant when it has just been chosen. */
export function asksOf({ kind, options, many }: Pick<Field, "kind" | "options" | "many">): Is[] {
  const always: Is[] = ["filled", "empty"];
  if (many) return ["contains", ...always];
  if (options.length > 0) return ["equal", "not_equal", ...always];
  if (kind === "yes_no") return ["equal", ...always];
  if (kind === "moment") return ["less", "more", ...always];
  return kind === "text" ? ["contains", "equal", "not_equal", ...always] : ["equal", "not_equal", "less", "more", ...always];
}
const isTime = ({ kind }: Pick<Field, "kind">): boolean => kind === "date" || kind === "moment";
/** Of days one is before another, not less. */
export const wordOf = (field: Pick<Field, "kind">, is: Is): MessageKey => (isTime(field) && is === "less" ? "views.is.before" : isTime(field) && is === "more" ? "views.is.after" : `views.is.${is}`);
export const takesValue = (is: Is): boolean => is !== "filled" && is !== "empty";

/** Fields by the form or the type that has them. */
function useGroups(fields: readonly Field[]) {
  const t = useT();
  const groups = new Map<string, { rank: string; items: { value: string; label: string }[] }>();
  for (const { key, name, of } of fields) {
    const isForm = key.startsWith("form.");
    const group = of.length === 1 ? t(isForm ? "views.form" : "views.ofType", { name: of[0]! }) : t(isForm ? "views.ofSeveralForms" : "views.ofSeveralTypes");
    const known = groups.get(group) ?? { rank: `${isForm ? 1 : 2}${of.length === 1 ? 1 : 2}`, items: [] };
    groups.set(group, { ...known, items: [...known.items, { value: key, label: name }] });
  }
  // Forms before what processes ask for; what several have stands after what is one's own.
  return [...groups].sort(([one, a], [other, b]) => a.rank.localeCompare(b.rank) || one.localeCompare(other)).map(([group, { items }]) => ({ group, items }));
}

/** One field of the form or of the process, by its name, and what is asked of it, as its kind is written. */
export function FieldFilter({ filter, error, onChange }: { filter: TicketFilter; error: unknown; onChange: (change: Partial<TicketFilter>) => void }) {
  const t = useT();
  const { fields } = useColumns();
  const groups = useGroups(fields.filter(({ mayAsk }) => mayAsk));
  const [first, ...others] = filter.fields ?? [];
  const field = fields.find(({ key }) => key === first?.field);
  const put = (condition: Condition | null) => onChange({ fields: condition ? [condition, ...others] : others });
  const choose = (key: string | null) => { const chosen = fields.find((each) => each.key === key); put(chosen ? { field: chosen.key as Condition["field"], is: asksOf(chosen)[0]! } : null); };
  // One that nobody declares any more still says what it asks.
  const data = first && !field ? [...groups, { group: t("views.field"), items: [{ value: first.field, label: first.field.replace(/^\w+\./, "").replaceAll("_", " ") }] }] : groups;
  return (
    <div className={css.wide}>
      <Select label={t("views.field")} placeholder={t("views.fieldChoose")} data={data} value={first?.field ?? null} onChange={choose} searchable clearable nothingFoundMessage={t("views.fieldNone")} comboboxProps={{ width: 320, position: "bottom-start" }} maxDropdownHeight={320} error={fieldError(error, "filter.fields.0.field")} clearButtonProps={{ "aria-label": t("do.clear") }} />
      {first && <Select label={t("views.is")} data={(field ? asksOf(field) : [first.is]).map((each) => ({ value: each, label: t(wordOf(field ?? { kind: "text" }, each)) }))} allowDeselect={false} value={first.is} onChange={(is) => put({ ...first, is: (is ?? first.is) as Is, ...(!takesValue(is as Is) && { value: undefined }) })} />}
      {first && field && takesValue(first.is) && <Value field={field} condition={first} onChange={put} />}
    </div>
  );
}

function Value({ field, condition, onChange }: { field: Field; condition: Condition; onChange: (condition: Condition) => void }) {
  const t = useT();
  const { value } = condition;
  const set = (next: Condition["value"] | null) => { const { value: _before, ...rest } = condition; onChange(next === null || next === undefined || next === "" ? rest : { ...rest, value: next }); };
  const label = t("views.value");
  if (field.options.length > 0) return <Select label={label} data={field.options.map((option) => ({ value: option.value, label: option.name }))} value={value === undefined ? null : String(value)} onChange={set} searchable={field.options.length > 7} />;
  if (field.kind === "yes_no") return <Select label={label} data={[{ value: "yes", label: t("views.yes") }, { value: "no", label: t("views.no") }]} value={typeof value === "boolean" ? (value ? "yes" : "no") : null} onChange={(next) => set(next === null ? null : next === "yes")} />;
  if (field.kind === "number" || field.kind === "money") return <NumberValue label={label} value={typeof value === "number" ? value : null} currency={field.currency} onChange={set} />;
  if (isTime(field)) return <TextInput type="date" label={label} value={typeof value === "string" ? value : ""} onChange={(event) => set(event.currentTarget.value)} />;
  return <TextInput label={label} maxLength={200} value={value === undefined ? "" : String(value)} onChange={(event) => set(event.currentTarget.value)} />;
}

/** Typed as the reader's language writes numbers; what is none asks nothing, and is told once it is left. */
function NumberValue({ label, value, currency, onChange }: { label: string; value: number | null; currency: string | null; onChange: (value: number | null) => void }) {
  const t = useT();
  const [left, setLeft] = useState("");
  const { shown, type, leave, locale } = useTyped(value === null ? left : digitsOf(value));
  const change = (text: string) => {
    type(text);
    const number = numberOf(currency === null ? text : amountOf(text, locale).amount, locale);
    setLeft(number === null ? text.trim() : "");
    onChange(number);
  };
  const [isLeft, setIsLeft] = useState(false);
  const error = isLeft && value === null && left !== "" ? t("number.wrong", { example: readOf("1234.5", locale) }) : undefined;
  return <TextInput label={label} inputMode="decimal" value={shown} error={error} onFocus={() => setIsLeft(false)} onBlur={() => { leave(); setIsLeft(true); }} onChange={(event) => change(event.currentTarget.value)} rightSection={currency ? <span className="small dim">{currency}</span> : undefined} />;
}
