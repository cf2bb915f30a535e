import type { TicketView, TransitionField } from "@linija/server/contract/tickets/tickets";
import { Button, Select, Textarea, TextInput, Tooltip } from "@mantine/core";
import { IconMail } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useT, useWord } from "../../i18n/intl.tsx";
import { useDraft } from "../../shared/draft.ts";
import { sendOnCtrlEnter } from "../../shared/keys.ts";
import { Keys } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { refresh, useSend } from "../../shared/query.ts";
import { focusOn } from "../../shared/focus.ts";
import { onAsked } from "./asked.ts";
import css from "./tickets.module.css";

type Step = TicketView["transitions"][number];

/** The steps open from here, as buttons; one that asks for something opens its own small form. */
export function Transitions({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const word = useWord();
  const [open, setOpen] = useState<string | null>(null);
  const move = useSend("moveTicket", ["getTicket", "listTickets", "clientTimeline"], { onSuccess: () => { setOpen(null); focusOn("ticket-subject"); }, onError: () => refresh(["getTicket"]) });
  const go = (step: Step, input: Record<string, unknown>) => move.mutate({ params: { id: ticket.id }, body: { version: ticket.version, transition: step.key, input } });
  const press = (step: Step) => {
    // A step that reaches the client is never taken by one press: its form says so and is sent by its own button.
    if (step.fields.length > 0 || step.tellsClient) setOpen(open === step.key ? null : step.key);
    else go(step, {});
  };
  useEffect(() => onAsked((id, key) => { if (id === ticket.id) setOpen(key); }), [ticket.id]);
  const chosen = ticket.transitions.find((step) => step.key === open);
  if (ticket.transitions.length === 0) return null;
  return (
    <section className={css.block} aria-label={t("ticket.steps")}>
      <div className="row wrap">
        {ticket.transitions.map((step, index) => (
          <Tooltip key={step.key} label={step.allowed ? t("ticket.tells") : word("refusal", step.reason ?? "")} disabled={step.allowed && !step.tellsClient}>
            <Button variant={open === step.key ? "filled" : index === 0 ? "light" : "default"} aria-expanded={open === step.key} aria-disabled={!step.allowed} data-disabled={!step.allowed || undefined} onClick={() => { if (step.allowed) press(step); }} rightSection={step.tellsClient && <IconMail size={13} aria-hidden />} loading={move.isPending && move.variables?.body.transition === step.key}>{step.name}</Button>
          </Tooltip>
        ))}
      </div>
      {chosen && <StepForm key={chosen.key} ticket={ticket} step={chosen} error={move.error} busy={move.isPending} onSend={(input) => go(chosen, input)} />}
      {!chosen && <ProblemNote error={move.error} />}
    </section>
  );
}

export function StepForm({ ticket, step, error, busy, onSend }: { ticket: TicketView; step: Step; error: unknown; busy: boolean; onSend: (input: Record<string, unknown>) => void }) {
  const t = useT();
  const { draft, set, forget } = useDraft<Record<string, string>>(`step:${ticket.id}:${step.key}`, () => ({}));
  const shown = step.fields.filter((field) => !field.when || Object.entries(field.when).every(([key, value]) => draft[key] === value));
  const missing = shown.some((field) => field.required && !draft[field.key]?.trim());
  const valueOf = (field: TransitionField) => typed(field, draft[field.key] ?? "");
  const send = () => {
    if (missing) return;
    onSend(Object.fromEntries(shown.filter((field) => draft[field.key]).map((field) => [field.key, valueOf(field)])));
    forget();
  };
  const known = shown.some((field) => fieldError(error, field.key, `input.${field.key}`));
  return (
    <form className={css.step} aria-label={step.name} onSubmit={(event) => { event.preventDefault(); send(); }} onKeyDown={sendOnCtrlEnter(send)}>
      {shown.map((field, index) => <StepField key={field.key} field={field} value={draft[field.key] ?? ""} onChange={(value) => set({ [field.key]: value })} error={fieldError(error, field.key, `input.${field.key}`)} focus={index === 0} />)}
      {!known && <ProblemNote error={error} />}
      <div className="row between wrap">
        <span className="small dim">{step.tellsClient && t("ticket.tells")}</span>
        <Button type="submit" loading={busy} disabled={missing} autoFocus={shown.length === 0}>{t(step.tellsClient ? "ticket.confirmAndTell" : "ticket.confirm")}<span className={css.onButton}><Keys combo="Ctrl+Enter" /></span></Button>
      </div>
    </form>
  );
}

/** As the server takes it: what a person writes is text. */
function typed({ kind }: TransitionField, text: string): string | number | boolean {
  if (kind === "number") return Number(text);
  if (kind === "boolean") return text === "true";
  if (kind === "moment") return new Date(text).toISOString();
  return kind === "money" ? text.trim().replace(",", ".") : text;
}

const inputTypes: Partial<Record<TransitionField["kind"], string>> = { number: "number", moment: "datetime-local", date: "date" };

interface FieldProps { field: TransitionField; value: string; onChange: (value: string) => void; error?: string; focus: boolean }
function StepField({ field, value, onChange, error, focus }: FieldProps) {
  const shared = { label: field.name, withAsterisk: field.required, error, autoFocus: focus };
  if (field.options.length > 0) return <Select {...shared} data={field.options.map((option) => ({ value: option.key, label: option.name }))} value={value || null} onChange={(chosen) => onChange(chosen ?? "")} />;
  if (field.kind === "text" && (field.maxLength ?? 999) > 200) return <Textarea {...shared} autosize minRows={2} maxRows={8} maxLength={field.maxLength ?? undefined} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
  if (field.kind === "boolean") return <YesNo {...shared} value={value} onChange={onChange} />;
  const money = field.currency === null ? {} : { inputMode: "decimal" as const, rightSection: <span className="small dim">{field.currency}</span>, rightSectionWidth: 46 };
  return <TextInput {...shared} {...money} type={inputTypes[field.kind] ?? "text"} min={field.min ?? undefined} max={field.max ?? undefined} maxLength={field.maxLength ?? undefined} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
}

/** Three states: a question that was not answered is not a no. */
function YesNo({ value, onChange, ...shared }: { value: string; onChange: (value: string) => void; label: string; withAsterisk: boolean; error: string | undefined; autoFocus: boolean }) {
  const t = useT();
  return <Select {...shared} clearable data={[{ value: "true", label: t("process.yes") }, { value: "false", label: t("process.no") }]} value={value || null} onChange={(chosen) => onChange(chosen ?? "")} />;
}
