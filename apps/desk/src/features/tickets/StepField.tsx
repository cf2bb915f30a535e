import type { TransitionField } from "@linija/server/contract/tickets/tickets";
import { Select, Textarea, TextInput } from "@mantine/core";
import { useT } from "../../i18n/intl.tsx";
import { amountOf, numberOf } from "../../shared/numbers.ts";

/** As the server takes it: what a person writes is text. */
export function typed({ kind, currency }: TransitionField, text: string, locale: string): string | number | boolean {
  // What is none is told at the field by the server.
  if (kind === "number") return numberOf(text, locale) ?? text;
  if (kind === "boolean") return text === "true";
  if (kind === "moment") return new Date(text).toISOString();
  return kind === "money" ? amountIn(text, currency, locale) : text;
}

/** One that is written in another currency is none of this field. */
function amountIn(text: string, currency: string | null, locale: string): string {
  const { amount, currency: written } = amountOf(text, locale);
  return written === null || written === currency ? amount : text.trim();
}

const inputTypes: Partial<Record<TransitionField["kind"], string>> = { moment: "datetime-local", date: "date" };

interface FieldProps { field: TransitionField; value: string; onChange: (value: string) => void; error?: string; focus: boolean }
export function StepField({ field, value, onChange, error, focus }: FieldProps) {
  const shared = { label: field.name, withAsterisk: field.required, error, autoFocus: focus };
  if (field.options.length > 0) return <Select {...shared} data={field.options.map((option) => ({ value: option.key, label: option.name }))} value={value || null} onChange={(chosen) => onChange(chosen ?? "")} />;
  if (field.kind === "text" && (field.maxLength ?? 999) > 200) return <Textarea {...shared} autosize minRows={2} maxRows={8} maxLength={field.maxLength ?? undefined} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
  if (field.kind === "boolean") return <YesNo {...shared} value={value} onChange={onChange} />;
  const decimal = field.kind === "number" ? { inputMode: "decimal" as const } : {};
  const money = field.currency === null ? decimal : { inputMode: "decimal" as const, rightSection: <span className="small dim">{field.currency}</span>, rightSectionWidth: 46 };
  return <TextInput {...shared} {...money} type={inputTypes[field.kind] ?? "text"} maxLength={field.maxLength ?? undefined} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
}

/** Three states: a question that was not answered is not a no. */
function YesNo({ value, onChange, ...shared }: { value: string; onChange: (value: string) => void; label: string; withAsterisk: boolean; error: string | undefined; autoFocus: boolean }) {
  const t = useT();
  return <Select {...shared} clearable data={[{ value: "true", label: t("process.yes") }, { value: "false", label: t("process.no") }]} value={value || null} onChange={(chosen) => onChange(chosen ?? "")} />;
}
