import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button } from "@mantine/core";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { sendOnCtrlEnter } from "../../shared/keys.ts";
import { writtenOf } from "../../shared/numbers.ts";
import { Keys } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { StepField, typed } from "./StepField.tsx";
import { onlyOnes, type Said } from "./said.ts";
import { useStepDraft } from "./steps.ts";
import css from "./tickets.module.css";

type Step = TicketView["transitions"][number];
interface Props { step: Step; /** Without an address nobody is told, and nothing says so. */ hasMail: boolean; draftName: string; /** What it begins with: typed over it goes before. */ said?: Said; /** The stage somebody else has moved the ticket to since this was opened. */ movedTo?: string | null; error: unknown; busy: boolean; onSend: (input: Record<string, unknown>) => void }

/** What a step asks for. What is typed stays until the server has it: whoever sends forgets the draft then. */
export function StepForm({ step, hasMail, draftName, said, movedTo = null, error, busy, onSend }: Props) {
  const t = useT();
  const { values: written, write } = useStepDraft(draftName, step);
  const { locale } = useIntl();
  const begun = Object.entries(said?.(step.fields) ?? {}).map(([key, value]) => [key, step.fields.some((field) => field.key === key && (field.kind === "money" || field.kind === "number")) ? writtenOf(value, locale) : value]);
  const values: Record<string, string> = { ...onlyOnes(step.fields), ...Object.fromEntries(begun), ...written };
  const shown = step.fields.filter((field) => !field.when || Object.entries(field.when).every(([key, value]) => values[key] === value));
  const missing = shown.some((field) => field.required && !values[field.key]?.trim());
  const send = () => {
    if (!missing && !busy) onSend(Object.fromEntries(shown.filter((field) => values[field.key]).map((field) => [field.key, typed(field, values[field.key] ?? "", locale)])));
  };
  const known = shown.some((field) => fieldError(error, field.key, `input.${field.key}`));
  return (
    <form className={css.step} aria-label={step.name} onSubmit={(event) => { event.preventDefault(); send(); }} onKeyDown={sendOnCtrlEnter(send)}>
      {movedTo && <p role="status" className={css.movedOn}>{t("ticket.movedOn", { stage: movedTo })}</p>}
      {shown.map((field, index) => <StepField key={field.key} field={field} value={values[field.key] ?? ""} onChange={(value) => write(field.key, value)} error={fieldError(error, field.key, `input.${field.key}`)} focus={index === 0} />)}
      {!known && <ProblemNote error={error} />}
      <div className="row between wrap">
        <span className="small dim">{step.tellsClient && t(hasMail ? "ticket.tells" : "ticket.tellsNobody")}</span>
        <Button type="submit" loading={busy} disabled={missing} autoFocus={shown.length === 0}>{t(step.tellsClient && hasMail ? "ticket.confirmAndTell" : "ticket.confirm")}<span className={css.onButton}><Keys combo="Ctrl+Enter" /></span></Button>
      </div>
    </form>
  );
}
