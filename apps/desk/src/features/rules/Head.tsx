import { LABELS, type RuleDocument } from "@linija/rules";
import { Autocomplete, MultiSelect, NumberInput, Select, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { languageNames, languages, useT, type MessageKey } from "../../i18n/intl.tsx";
import { useLanguage } from "./catalogue.ts";
import { ExpressionInput } from "./Expression.tsx";
import { problemAt, type Bench } from "./Steps.tsx";
import { textOf } from "./steps.ts";
import css from "./rules.module.css";

const clockKeys = ["first_answer", "solution", "stage"] as const;
type Waking = "event" | "schedule" | "clock";
interface Props { document: RuleDocument & Record<string, unknown>; bench: Bench; events: readonly string[] }

/** What the rule is called, what wakes it, and when it does anything at all. */
export function Head({ document, bench, events }: Props) {
  const t = useT();
  const language = useLanguage();
  const set = (path: (string | number)[], value: string | number | boolean): void => bench.change({ op: "set", path, value });
  return (
    <section className={css.head} aria-label={t("rules.wakes")}>
      <div className={css.names}>
        {languages.map((each) => <Typed key={each} label={languageNames[each]} says={t("rules.nameIn", { language: languageNames[each] })} value={document.name?.[each] ?? ""} readOnly={bench.readOnly} save={(text) => set(["name", each], text)} />)}
      </div>
      <Wakes document={document} bench={bench} events={events} />
      <div className={css.row}>
        <NumberInput size="xs" className={css.order} label={t("rules.order")} min={0} max={10_000} readOnly={bench.readOnly} value={Number(document["order"] ?? 100)} onChange={(value) => { if (typeof value === "number") set(["order"], value); }} />
        <Switch size="xs" className={css.enabled} label={t("rules.enabled")} disabled={bench.readOnly} checked={document["enabled"] !== false} onChange={(event) => set(["enabled"], event.currentTarget.checked)} />
      </div>
      <div className={css.when}>
        <span className={css.kind}>{LABELS["when"]?.[language]}</span>
        <ExpressionInput label={t("rules.when")} value={textOf(document.when)} catalogue={bench.catalogue} inWords={bench.inWords} readOnly={bench.readOnly} problem={problemAt(bench, ["when"])}
          onChange={(text) => bench.change(text === "" ? { op: "remove", path: ["when"] } : { op: "set", path: ["when"], value: text })} />
      </div>
      {document.when === undefined && <p className="dim small">{t("rules.always")}</p>}
    </section>
  );
}

/** A clock of every ticket by its name; one of the process or of a rule by its key. */
function ClockName({ value, readOnly, problem, save }: { value: string; readOnly: boolean; problem: string | undefined; save: (key: string) => void }) {
  const t = useT();
  const [typed, setTyped] = useState<string | null>(null);
  const names = new Map(clockKeys.map((key) => [t(`clock.${key}`), key as string]));
  const shown = [...names].find(([, key]) => key === value)?.[0] ?? value;
  const leave = (text: string | null): void => { const key = names.get(text?.trim() ?? "") ?? text?.trim(); if (key && key !== value) save(key); setTyped(null); };
  return <Autocomplete size="xs" label={t("rules.clock")} data={[...names.keys()]} filter={({ options }) => options} value={typed ?? shown} readOnly={readOnly} error={problem} onChange={setTyped} onOptionSubmit={leave} onBlur={() => leave(typed)} />;
}

function Wakes({ document, bench, events }: Props) {
  const t = useT();
  const on = (document["on"] ?? {}) as { event?: string | string[]; schedule?: string; clock?: string; at_percent?: number };
  const kind: Waking = on.schedule !== undefined ? "schedule" : on.clock !== undefined ? "clock" : "event";
  const put = (value: Record<string, string | number | string[]>): void => bench.change({ op: "set", path: ["on"], value });
  const begin = (next: string | null): void => {
    if (next === kind) return;
    put(next === "schedule" ? { schedule: "0 8 * * 1-5" } : next === "clock" ? { clock: "solution", at_percent: 75 } : { event: ["ticket.registered"] });
  };
  const problem = problemAt(bench, ["on"]) ?? bench.problems.find(({ path }) => path[0] === "on")?.message;
  return (
    <div className={css.row}>
      <Select size="xs" className={css.waking} label={t("rules.wakes")} allowDeselect={false} readOnly={bench.readOnly} value={kind} onChange={begin} data={(["event", "schedule", "clock"] as const).map((value) => ({ value, label: t(`rules.wake.${value}`) }))} />
      {kind === "event" && <MultiSelect size="xs" className="grow" label={t("rules.events")} readOnly={bench.readOnly} value={[on.event ?? []].flat()} error={problem} onChange={(value) => { if (value.length > 0) put({ event: value }); }} data={events.map((value) => ({ value, label: t(`rules.event.${value.replace("ticket.", "")}` as MessageKey) }))} />}
      {kind === "schedule" && <div className="grow"><Typed label={t("rules.schedule")} hint={t("rules.cronHint")} value={on.schedule ?? ""} readOnly={bench.readOnly} error={problem} save={(text) => put({ schedule: text })} mono /></div>}
      {kind === "clock" && <><ClockName value={on.clock ?? ""} readOnly={bench.readOnly} problem={problem} save={(text) => put({ clock: text, at_percent: on.at_percent ?? 75 })} /><NumberInput size="xs" className={css.order} label={t("rules.percent")} min={1} max={1000} suffix=" %" readOnly={bench.readOnly} value={on.at_percent ?? 75} onChange={(value) => { if (typeof value === "number") put({ clock: on.clock ?? "solution", at_percent: value }); }} /></>}
    </div>
  );
}

function Typed({ label, says, hint, value, save, readOnly, error, mono = false }: { label: string; /** For those who do not see what stands around it. */ says?: string; hint?: string; value: string; save: (value: string) => void; readOnly: boolean; error?: string | undefined; mono?: boolean }) {
  const [typed, setTyped] = useState<string | null>(null);
  const leave = (): void => { if (typed !== null && typed.trim() !== "" && typed.trim() !== value) save(typed.trim()); setTyped(null); };
  return <TextInput size="xs" label={label} aria-label={says} description={hint} inputWrapperOrder={["label", "input", "description", "error"]} error={error} classNames={mono ? { input: css.mono ?? "" } : {}} value={typed ?? value} readOnly={readOnly} onChange={(event) => setTyped(event.currentTarget.value)} onBlur={leave} onKeyDown={(event) => { if (event.key === "Enter") leave(); }} />;
}
