import type { Field } from "@linija/forms";
import { Checkbox, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { useT } from "../../i18n/intl.tsx";
import { amountOf, digitsOf, numberOf } from "../../shared/numbers.ts";
import { useTyped } from "../../shared/useTyped.ts";
import { inputProps, useFilling, usePlace } from "./useForm.tsx";
import css from "./forms.module.css";

export interface FieldProps { field: Field; path: string }

const textOf = (value: unknown): string => (typeof value === "number" ? digitsOf(value) : typeof value === "string" ? value : "");
const types: Partial<Record<Field["kind"], string>> = { phone: "tel", email: "email", date: "date" };

/** One line: text, phone, e-mail, date. */
export function LineField({ field, path }: FieldProps) {
  const t = useT();
  const place = usePlace(field, path);
  const isNumber = field.document["x-number"] !== undefined;
  const placeholder = isNumber ? t("forms.numberLater") : place.example;
  return <TextInput {...inputProps(place)} type={types[field.kind] ?? "text"} value={textOf(place.value)} placeholder={placeholder} maxLength={field.document.maxLength} onChange={(event) => place.set(event.currentTarget.value)} />;
}

export function LongField({ field, path }: FieldProps) {
  const place = usePlace(field, path);
  return <Textarea {...inputProps(place)} autosize minRows={2} maxRows={12} value={textOf(place.value)} placeholder={place.example} maxLength={field.document.maxLength} onChange={(event) => place.set(event.currentTarget.value)} />;
}

/** What is no number is kept as it is typed, and told. */
export function NumberField({ field, path }: FieldProps) {
  const place = usePlace(field, path);
  const { shown, type, leave, locale } = useTyped(textOf(place.value), place.readOnly);
  const change = (text: string) => { type(text); place.set(numberOf(text, locale) ?? text.trim()); };
  return <TextInput {...inputProps(place)} inputMode="decimal" value={shown} placeholder={place.example} onChange={(event) => change(event.currentTarget.value)} onBlur={() => { leave(); place.onBlur(); }} />;
}

/** The browser's own clock, in its own zone; kept with the zone, so that it is the same moment everywhere. */
export function MomentField({ field, path }: FieldProps) {
  const place = usePlace(field, path);
  return <TextInput {...inputProps(place)} type="datetime-local" value={localMoment(place.value)} onChange={(event) => place.set(event.currentTarget.value === "" ? null : new Date(event.currentTarget.value).toISOString())} />;
}

function localMoment(value: unknown): string {
  const at = typeof value === "string" ? new Date(value) : null;
  if (!at || Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function YesNoField({ field, path }: FieldProps) {
  const t = useT();
  const place = usePlace(field, path);
  const value = place.value === true ? "yes" : place.value === false ? "no" : "";
  return (
    <div className={css.yesNo} onBlur={place.onBlur} onFocus={place.onFocus}>
      <Legend place={place} />
      <SegmentedControl id={place.id} size="xs" readOnly={place.readOnly} aria-labelledby={`${place.id}-name`} value={value} onChange={(next) => place.set(next === "" ? null : next === "yes")}
        data={[{ value: "yes", label: t("forms.yes") }, { value: "no", label: t("forms.no") }, ...(place.required ? [] : [{ value: "", label: "–" }])]} />
      <Below error={place.error} />
    </div>
  );
}

/** The name of a field that is more than one input. */
export function Legend({ place }: { place: Pick<ReturnType<typeof usePlace>, "id" | "label" | "required" | "hint"> }) {
  return <><span className={css.label} id={`${place.id}-name`}>{place.label}{place.required && <span className={css.star} aria-hidden> *</span>}</span>{place.hint && <span className={css.hint}>{place.hint}</span>}</>;
}

export function Below({ error }: { error: string | undefined }) {
  return error ? <p className={css.error} role="alert">{error}</p> : null;
}

const FEW = 4;

export function ChoiceField({ field, path }: FieldProps) {
  const { language } = useFilling();
  const place = usePlace(field, path);
  const data = (field.document["x-options"] ?? []).map(({ value, name }) => ({ value, label: name[language] }));
  return <Select {...inputProps(place)} data={data} value={textOf(place.value) || null} onChange={(value) => place.set(value)} searchable={data.length > FEW} clearable={!place.required && !place.readOnly} allowDeselect={!place.required} comboboxProps={{ withinPortal: true }} />;
}

export function ChoicesField({ field, path }: FieldProps) {
  const { language } = useFilling();
  const place = usePlace(field, path);
  const chosen = Array.isArray(place.value) ? (place.value as string[]) : [];
  const options = field.document["x-options"] ?? [];
  const toggle = (value: string, isOn: boolean) => { const next = options.map((one) => one.value).filter((one) => (one === value ? isOn : chosen.includes(one))); place.set(next.length > 0 ? next : null); };
  return (
    <div role="group" aria-labelledby={`${place.id}-name`} onBlur={place.onBlur} onFocus={place.onFocus}>
      <Legend place={place} />
      <div className={css.choices}>{options.map(({ value, name }, index) => <Checkbox key={value} id={index === 0 ? place.id : undefined} size="xs" label={name[language]} checked={chosen.includes(value)} disabled={place.readOnly} onChange={(event) => toggle(value, event.currentTarget.checked)} />)}</div>
      <Below error={place.error} />
    </div>
  );
}

const currencies = ["EUR", "RUB", "USD"];

/** An amount as text, exact to the last digit, with its currency. */
export function MoneyField({ field, path }: FieldProps) {
  const t = useT();
  const place = usePlace(field, path);
  const only = field.document["x-currency"];
  const money = (place.value ?? {}) as { amount?: string; currency?: string };
  const currency = money.currency ?? only ?? currencies[0]!;
  const { shown, type, leave, locale } = useTyped(money.amount ?? "", place.readOnly);
  const change = (amount: string, of: string) => place.set(amount === "" ? null : { amount, currency: of });
  const write = (text: string) => {
    type(text);
    const { amount, currency: written } = amountOf(text, locale);
    // An amount in another currency is none of this field: it stays as it is typed, and is told.
    if (only && written !== null && written !== only) change(text.trim(), only);
    else change(amount, written ?? currency);
  };
  return (
    <TextInput {...inputProps(place)} inputMode="decimal" className={css.money} value={shown} onChange={(event) => write(event.currentTarget.value)} onBlur={() => { leave(); place.onBlur(); }} rightSectionWidth={only ? 48 : 74}
      rightSection={only ? <span className="small dim">{only}</span> : <select className={css.currency} aria-label={t("forms.currency")} value={currency} disabled={place.readOnly} onChange={(event) => change(money.amount ?? "", event.currentTarget.value)}>{[...new Set([currency, ...currencies])].map((one) => <option key={one}>{one}</option>)}</select>} />
  );
}

export function PeriodField({ field, path }: FieldProps) {
  const t = useT();
  const place = usePlace(field, path);
  const period = (place.value ?? {}) as { from?: string; to?: string };
  const change = (part: "from" | "to", day: string) => { const next = { ...period, [part]: day || undefined }; place.set(next.from || next.to ? next : null); };
  const input = (part: "from" | "to", id?: string) => <TextInput id={id} type="date" aria-label={`${place.label}: ${t(`forms.${part}`)}`} readOnly={place.readOnly} value={period[part] ?? ""} error={place.error !== undefined} onChange={(event) => change(part, event.currentTarget.value)} />;
  return (
    <div role="group" aria-labelledby={`${place.id}-name`} onBlur={place.onBlur} onFocus={place.onFocus}>
      <Legend place={place} />
      <div className={css.period}>{input("from", place.id)}<span aria-hidden>–</span>{input("to")}</div>
      <Below error={place.error} />
    </div>
  );
}
