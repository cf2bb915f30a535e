import type { Language } from "@linija/server/contract/api";
import { ActionIcon, Checkbox, MultiSelect, NumberInput, Select, Textarea, TextInput, Tooltip } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useIntl } from "react-intl";
import { languageNames, languages, useT, type MessageKey } from "../../i18n/intl.tsx";
import type { Change, Texts, Written, WrittenTransition } from "./document.ts";
import type { Chosen, Trouble } from "./ProcessEditor.tsx";
import css from "./processes.module.css";

interface PanelProps { process: Written; problems: readonly Trouble[]; change: (...changes: Change[]) => void; readOnly: boolean; choose: (chosen: Chosen) => void; remove: () => void }
type Path = (string | number)[];

const VIEWS = ["received", "in_work", "waiting_for_you", "done", "closed", "refused"] as const;
const CLOCKS = ["runs", "paused", "stopped"] as const;
const ROLES = ["operator", "supervisor", "department", "client", "system"] as const;
const DEEDS = ["raise_priority", "assign_same_operator", "assign_to_actor", "unassign", "tell_supervisor", "remind_assignee", "restart_deadline", "count_reopening", "first_answer"] as const;

function useNamed(process: Written) {
  const language = useIntl().locale.slice(0, 2) as Language;
  return {
    stages: Object.entries(process.stages).map(([value, { name }]) => ({ value, label: name?.[language] ?? value })),
    fields: Object.entries(process.fields ?? {}).map(([value, { name }]) => ({ value, label: name?.[language] ?? value })),
    transitions: Object.entries(process.transitions).map(([value, { name }]) => ({ value, label: name?.[language] ?? value })),
    checklists: Object.keys(process.checklists ?? {}), policies: Object.entries(process.policies ?? {}).map(([value, { title }]) => ({ value, label: title?.[language] ?? value })),
  };
}

/** Typed text becomes a change when the field is left, so that one name is one step of undo. */
function Field({ label, value, save, mono = false, readOnly }: { label: string; value: string; save: (value: string) => void; mono?: boolean; readOnly: boolean }) {
  const [typed, setTyped] = useState<string | null>(null);
  const leave = (): void => { if (typed !== null && typed.trim() !== value) save(typed.trim()); setTyped(null); };
  const common = { label, value: typed ?? value, onChange: (event: { currentTarget: { value: string } }) => setTyped(event.currentTarget.value), onBlur: leave, readOnly };
  return mono ? <Textarea {...common} autosize minRows={1} maxRows={8} classNames={{ root: css.code ?? "" }} spellCheck={false} /> : <TextInput {...common} onKeyDown={(event) => { if (event.key === "Enter") leave(); }} />;
}

function Names({ path, value, change, readOnly, label }: { path: Path; value: Partial<Texts> | undefined; change: PanelProps["change"]; readOnly: boolean; label?: string }) {
  return languages.map((language) => <Field key={language} readOnly={readOnly} label={label ? `${label} · ${languageNames[language]}` : languageNames[language]} value={value?.[language] ?? ""} save={(text) => change({ do: "set", path: [...path, language], value: text })} />);
}

function Head({ title, remove, readOnly }: { title: string; remove: () => void; readOnly: boolean }) {
  const t = useT();
  return <div className={css.panelHead}><h2 className="cut">{title}</h2>{!readOnly && <Tooltip label={`${t("process.remove")} (Delete)`}><ActionIcon aria-label={t("process.remove")} onClick={remove}><IconTrash size={16} /></ActionIcon></Tooltip>}</div>;
}

function Problems({ problems, at }: { problems: readonly Trouble[]; at: string }) {
  return problems.filter((problem) => problem.at === at || problem.at.startsWith(`${at}.`)).map((problem) => <p key={`${problem.at}${problem.message}`} className={css.problem} role="alert">{problem.message}. {problem.remedy}</p>);
}

const useOptions = () => {
  const t = useT();
  return <K extends string>(family: string, keys: readonly K[]) => keys.map((value) => ({ value, label: t(`process.${family}.${value}` as MessageKey) }));
};

export function NothingPanel({ process, problems, change, readOnly }: PanelProps) {
  const t = useT();
  const named = useNamed(process);
  return (
    <>
      <div className={css.panelHead}><h2>{t("process.whole")}</h2></div>
      <p className="small dim">{t("process.hint")}</p>
      <Names path={["name"]} value={process.name} change={change} readOnly={readOnly} />
      <Select label={t("process.startsAt")} data={named.stages} value={process.start ?? null} onChange={(value) => value && change({ do: "set", path: ["start"], value })} readOnly={readOnly} allowDeselect={false} />
      {problems.map((problem) => <p key={`${problem.at}${problem.message}`} className={css.problem} role="alert">{problem.line ? `${problem.line}: ` : ""}{problem.message}. {problem.remedy}</p>)}
    </>
  );
}

export function StagePanel({ stageKey, process, problems, change, readOnly, remove, choose }: PanelProps & { stageKey: string }) {
  const t = useT();
  const options = useOptions();
  const language = useIntl().locale.slice(0, 2) as Language;
  const stage = process.stages[stageKey]!;
  const path: Path = ["stages", stageKey];
  const set = (name: string, value: unknown): void => change(value === null ? { do: "remove", path: [...path, name] } : { do: "set", path: [...path, name], value });
  const rename = (to: string): void => { if (/^[a-z][a-z0-9_-]*$/.test(to) && !process.stages[to]) { change({ do: "rename", kind: "stages", key: stageKey, to }); choose({ kind: "stages", key: to }); } };
  return (
    <>
      <Head title={stage.name?.[language] ?? stageKey} remove={remove} readOnly={readOnly} />
      <Problems problems={problems} at={`stages.${stageKey}`} />
      <Names path={[...path, "name"]} value={stage.name} change={change} readOnly={readOnly} />
      <Field label={t("process.key")} value={stageKey} save={rename} readOnly={readOnly} />
      <Select label={t("process.clientSees")} data={options("sees", VIEWS)} value={stage.client_sees ?? null} onChange={(value) => set("client_sees", value)} allowDeselect={false} readOnly={readOnly} />
      <Select label={t("process.clockHere")} data={options("clock", CLOCKS)} value={stage.clock ?? "runs"} onChange={(value) => set("clock", value === "runs" ? null : value)} allowDeselect={false} readOnly={readOnly} />
      <NumberInput label={t("process.maxHours")} value={stage.max_hours ?? ""} min={0} decimalScale={2} onChange={(value) => set("max_hours", typeof value === "number" && value > 0 ? value : null)} readOnly={readOnly} />
      <Checkbox label={t("process.isFinal")} checked={stage.final === true} onChange={(event) => { if (!readOnly) set("final", event.currentTarget.checked ? true : null); }} />
      <Timers stageKey={stageKey} process={process} change={change} readOnly={readOnly} />
    </>
  );
}

function Timers({ stageKey, process, change, readOnly }: Pick<PanelProps, "process" | "change" | "readOnly"> & { stageKey: string }) {
  const t = useT();
  const language = useIntl().locale.slice(0, 2) as Language;
  const timers = Object.entries(process.clocks.timers).filter(([, timer]) => timer.stage === stageKey);
  const ways = Object.entries(process.transitions).filter(([, { from }]) => from.includes(stageKey)).map(([value, { name }]) => ({ value, label: name?.[language] ?? value }));
  if (timers.length === 0) return null;
  return (
    <section className={css.group}>
      <h3>{t("process.timers")}</h3>
      {timers.map(([name, timer]) => (
        <div key={name} className={css.item}>
          <NumberInput label={t("process.afterHours")} value={timer.after_hours} min={0} onChange={(value) => typeof value === "number" && change({ do: "set", path: ["clocks", "timers", name, "after_hours"], value })} readOnly={readOnly} />
          <Select label={t("process.takes")} data={ways} value={timer.transition} onChange={(value) => value && change({ do: "set", path: ["clocks", "timers", name, "transition"], value })} allowDeselect={false} readOnly={readOnly} />
        </div>
      ))}
    </section>
  );
}

const rolesOf = (way: WrittenTransition): string[] => (way.who ?? []).map((one) => (typeof one === "string" ? one : one.role));
const namesOf = (requires: WrittenTransition["requires"]): string[] => (requires ?? []).map((one) => (typeof one === "string" ? one : one.field));

export function WayPanel({ wayKey, process, problems, change, readOnly, remove, choose }: PanelProps & { wayKey: string }) {
  const t = useT();
  const options = useOptions();
  const named = useNamed(process);
  const language = useIntl().locale.slice(0, 2) as Language;
  const way = process.transitions[wayKey]!;
  const path: Path = ["transitions", wayKey];
  const set = (name: string, value: unknown): void => change(value === null || (Array.isArray(value) && value.length === 0) ? { do: "remove", path: [...path, name] } : { do: "set", path: [...path, name], value });
  const rename = (to: string): void => { if (/^[a-z][a-z0-9_-]*$/.test(to) && !process.transitions[to]) { change({ do: "rename", kind: "transitions", key: wayKey, to }); choose({ kind: "transitions", key: to }); } };
  /** What is narrowed by department or relation, or asked for only sometimes, stays as it was written. */
  const kept = <T,>(written: readonly T[], nameOf: (one: T) => string, names: string[]) => names.map((name) => written.find((one) => nameOf(one) === name) ?? name);
  return (
    <>
      <Head title={way.name?.[language] ?? wayKey} remove={remove} readOnly={readOnly} />
      <Problems problems={problems} at={`transitions.${wayKey}`} />
      <Names path={[...path, "name"]} value={way.name} change={change} readOnly={readOnly} />
      <Field label={t("process.key")} value={wayKey} save={rename} readOnly={readOnly} />
      <MultiSelect label={t("process.from")} data={named.stages} value={way.from} onChange={(value) => { if (value.length > 0) set("from", value); }} readOnly={readOnly} />
      <Select label={t("process.to")} data={named.stages} value={way.to} onChange={(value) => value && set("to", value)} allowDeselect={false} readOnly={readOnly} />
      <MultiSelect label={t("process.who")} data={options("role", ROLES)} value={[...new Set(rolesOf(way))]} onChange={(value) => { if (value.length > 0) set("who", kept(way.who ?? [], (one) => (typeof one === "string" ? one : one.role), value)); }} readOnly={readOnly} />
      <section className={css.group}>
        <h3>{t("process.asks")}</h3>
        <MultiSelect label={t("process.requires")} data={named.fields} value={namesOf(way.requires)} onChange={(value) => set("requires", kept(way.requires ?? [], (one) => (typeof one === "string" ? one : one.field), value))} readOnly={readOnly} />
        <MultiSelect label={t("process.accepts")} data={named.fields} value={way.accepts ?? []} onChange={(value) => set("accepts", value)} readOnly={readOnly} />
        {named.checklists.length > 0 && <Select label={t("process.checklist")} data={named.checklists} value={way.checklist ?? null} onChange={(value) => set("checklist", value)} clearable readOnly={readOnly} />}
      </section>
      <section className={css.group}>
        <h3>{t("process.then")}</h3>
        {(way.notice === undefined || typeof way.notice === "string") && <Field label={t("process.notice")} value={way.notice ?? ""} save={(value) => set("notice", value || null)} readOnly={readOnly} />}
        <MultiSelect label={t("process.does")} data={options("deed", DEEDS)} value={way.does ?? []} onChange={(value) => set("does", value)} readOnly={readOnly} />
        <Field mono label={t("process.automatic")} value={way.automatic?.when ?? ""} save={(value) => (value ? change({ do: "set", path: [...path, "automatic"], value: { when: value } }) : set("automatic", null))} readOnly={readOnly} />
      </section>
    </>
  );
}
