import type { RunView, StepView } from "@linija/server/contract/guides/guides";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, Select, SegmentedControl, TextInput } from "@mantine/core";
import { IconArrowBackUp, IconInfoCircle } from "@tabler/icons-react";
import { useEffect, useRef, type KeyboardEvent } from "react";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { useDraft } from "../../shared/draft.ts";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { numberOf } from "../../shared/numbers.ts";
import { refresh, useSend } from "../../shared/query.ts";
import { deedOf } from "./keys.ts";
import { Trail } from "./Trail.tsx";
import css from "./guides.module.css";

type Draft = Record<string, string>;
const typed = (step: StepView, draft: Draft, locale: string): Record<string, string | number | boolean> => Object.fromEntries(step.record.flatMap(({ field, kind }) => {
  const value = draft[field]?.trim() ?? "";
  if (value === "") return [];
  return [[field, kind === "number" ? numberOf(value, locale) ?? value : kind === "yes_no" ? value === "yes" : value]];
}));

/** The step that stands open: the words to say, large; then what to write down; then the ways on with their digits. */
export function Step({ ticket, run, onRun }: { ticket: TicketView; run: RunView; onRun: (run: RunView) => void }) {
  const t = useT();
  const { locale } = useIntl();
  const step = run.step!;
  const said = useRef<HTMLParagraphElement>(null);
  const { draft, set, forget } = useDraft<Draft>(`guide:${run.id}:${step.key}:${run.path.length}`, () => ({}));
  const touches = ["ticketGuides", "getTicket", "clientTimeline"] as const;
  const failed = () => refresh(["ticketGuides"]);
  const take = useSend("takeStep", [...touches], { onSuccess: (next) => { forget(); onRun(next); }, onError: failed });
  const back = useSend("stepBack", ["ticketGuides"], { onSuccess: onRun, onError: failed });
  const leave = useSend("leaveGuide", [...touches], { onSuccess: onRun, onError: failed });
  const isBusy = take.isPending || back.isPending || leave.isPending;
  // Each step begins with its words: they are read out by a screen reader, and the digits work at once.
  useEffect(() => { said.current?.focus({ preventScroll: false }); }, [run.path.length]);
  const go = (choice: string | null) => { if (!isBusy) take.mutate({ params: { id: run.id }, body: { version: run.version, choice, values: typed(step, draft, locale) } }); };
  const goBack = () => { if (!isBusy && run.path.length > 0) back.mutate({ params: { id: run.id }, body: { version: run.version } }); };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const onButton = event.key === "Enter" && (event.target as HTMLElement).closest("button") !== null;
    const typing = (event.target as HTMLElement).matches("input, textarea");
    const deed = onButton ? null : deedOf({ key: event.key, code: event.code, ctrlKey: event.ctrlKey, metaKey: event.metaKey, altKey: event.altKey, typing }, step.choices.length);
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    if (deed.kind === "back") goBack(); else go(deed.kind === "choose" ? step.choices[deed.index]!.key : null);
  };
  const error = take.error ?? back.error ?? leave.error;
  const known = step.record.some(({ field }) => fieldError(error, `values.${field}`));
  return (
    <section className={css.step} aria-label={run.guide.name} onKeyDown={onKeyDown}>
      <header className="row between"><b className="cut">{run.guide.name}</b><Button size="compact-xs" variant="subtle" color="gray" disabled={isBusy} onClick={() => leave.mutate({ params: { id: run.id }, body: { version: run.version } })}>{t("guides.leave")}</Button></header>
      <Trail run={run} />
      <p ref={said} tabIndex={-1} className={css.say} lang={step.language}>{step.say}</p>
      {step.hint && <p className={css.hint}><IconInfoCircle size={15} aria-hidden /><span>{step.hint}</span></p>}
      {step.record.map((record) => <Asked key={record.field} record={record} value={draft[record.field] ?? ""} onChange={(value) => set({ [record.field]: value })} error={fieldError(error, `values.${record.field}`)} />)}
      <div className={css.ways}>
        {step.choices.map((choice, index) => <button key={choice.key} type="button" className={css.way} disabled={isBusy} aria-keyshortcuts={String(index + 1)} onClick={() => go(choice.key)}><kbd>{index + 1}</kbd><span>{choice.name}</span></button>)}
        {step.choices.length === 0 && <Button loading={take.isPending} onClick={() => go(null)}>{t(step.end ? "guides.finish" : "guides.next")}</Button>}
      </div>
      {!known && <ProblemNote error={error} />}
      <footer className="row between small dim">{run.path.length > 0 ? <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconArrowBackUp size={14} />} disabled={isBusy} onClick={goBack}>{t("guides.back")}</Button> : <span />}<span>{ticket.clientName}</span></footer>
    </section>
  );
}

function Asked({ record, value, onChange, error }: { record: StepView["record"][number]; value: string; onChange: (value: string) => void; error?: string }) {
  const t = useT();
  if (record.kind === "choice") return <Select label={record.name} withAsterisk={record.required} data={record.options.map(({ key, name }) => ({ value: key, label: name }))} value={value || null} onChange={(chosen) => onChange(chosen ?? "")} error={error} clearable={!record.required} />;
  if (record.kind === "yes_no") return <div className="stack-s"><span className={css.label} id={`guide-${record.field}`}>{record.name}</span><SegmentedControl aria-labelledby={`guide-${record.field}`} data={[{ value: "", label: "–" }, { value: "yes", label: t("guides.yes") }, { value: "no", label: t("guides.no") }]} value={value} onChange={onChange} />{error && <span className={css.error}>{error}</span>}</div>;
  return <TextInput label={record.name} withAsterisk={record.required} inputMode={record.kind === "number" ? "decimal" : undefined} maxLength={2000} value={value} onChange={(event) => onChange(event.currentTarget.value)} error={error} />;
}
