import { LABELS, type Catalogue, type RuleChange, type StepDocument } from "@linija/rules";
import type { ProblemView } from "@linija/server/contract/automation/automation";
import { ActionIcon, Menu, Select, TextInput, Tooltip } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { settableOf, useLanguage } from "./catalogue.ts";
import { ExpressionInput } from "./Expression.tsx";
import { entriesOf, innerOf, kindOf, kinds, listOf, newBranch, newStep, samePath, textOf, type Inner, type Kind, type Path } from "./steps.ts";
import css from "./rules.module.css";

/** What every part of the builder works with. */
export interface Bench { catalogue: Catalogue; change: (...changes: RuleChange[]) => void; problems: readonly ProblemView[]; inWords: boolean; readOnly: boolean }

export const problemAt = (bench: Bench, path: Path): string | undefined => bench.problems.find((problem) => samePath(problem.path, path))?.message;

interface ListProps { steps: readonly StepDocument[]; path: Path; bench: Bench }

export function StepList({ steps, path, bench }: ListProps) {
  const all = listOf(steps);
  return (
    <ol className={css.steps}>
      {all.map((step, index) => <li key={index}><StepCard step={step} path={[...path, index]} bench={bench} place={{ index, count: all.length, list: path }} /></li>)}
      {!bench.readOnly && <li><AddStep path={path} bench={bench} /></li>}
    </ol>
  );
}

function AddStep({ path, bench }: { path: Path; bench: Bench }) {
  const t = useT();
  const language = useLanguage();
  const first = { target: settableOf(bench.catalogue, language).find(({ target }) => target === "ticket.priority")?.target ?? "ticket.priority", action: bench.catalogue.actions.keys().next().value ?? "add_note" };
  const add = (kind: Kind): void => bench.change({ op: "insert", path, value: newStep(kind, first) });
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target><button type="button" className={css.add}><IconPlus size={14} aria-hidden />{t("rules.addStep")}</button></Menu.Target>
      <Menu.Dropdown>
        {kinds.map((kind) => <Menu.Item key={kind} onClick={() => add(kind)}><span className={css.kindItem}><b>{LABELS[kind]?.[language] ?? kind}</b><span className="dim small">{t(`rules.kind.${kind}`)}</span></span></Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  );
}

interface CardProps { step: StepDocument; path: Path; bench: Bench; place: { index: number; count: number; list: Path } }

function StepCard({ step, path, bench, place }: CardProps) {
  const t = useT();
  const language = useLanguage();
  const kind = kindOf(step);
  if (!kind) return <p className={css.broken}>{t("rules.unknownStep")}</p>;
  const problem = problemAt(bench, path);
  const move = (by: number) => bench.change({ op: "move", path, to: place.list, index: place.index + by });
  return (
    <div className={css.step} data-kind={kind} data-wrong={problem !== undefined || undefined}>
      <div className={css.stepHead}>
        <span className={css.kind}>{LABELS[kind]?.[language] ?? kind}</span>
        <div className={css.stepBody}><Body step={step} kind={kind} path={path} bench={bench} /></div>
        {!bench.readOnly && (
          <span className={css.deeds}>
            <Tooltip label={t("rules.up")}><ActionIcon size={24} disabled={place.index === 0} aria-label={t("rules.up")} onClick={() => move(-1)}><IconArrowUp size={14} /></ActionIcon></Tooltip>
            <Tooltip label={t("rules.down")}><ActionIcon size={24} disabled={place.index === place.count - 1} aria-label={t("rules.down")} onClick={() => move(1)}><IconArrowDown size={14} /></ActionIcon></Tooltip>
            <Tooltip label={t("rules.remove")}><ActionIcon size={24} aria-label={t("rules.remove")} onClick={() => bench.change({ op: "remove", path })}><IconTrash size={14} /></ActionIcon></Tooltip>
          </span>
        )}
      </div>
      {problem && <p className={css.problem} role="alert">{problem}</p>}
      {innerOf(step, path).map((inner) => <Branch key={inner.path.join(".")} inner={inner} bench={bench} />)}
      {kind === "if" && !bench.readOnly && <Branches step={step as Extract<StepDocument, { if: unknown }>} path={path} bench={bench} />}
    </div>
  );
}

function Branch({ inner, bench }: { inner: Inner; bench: Bench }) {
  const t = useT();
  const language = useLanguage();
  const { test } = inner;
  return (
    <div className={css.branch}>
      {inner.label !== "do" && <div className={css.branchHead}><span className={css.kind}>{LABELS[inner.label === "then" ? "?" : inner.label]?.[language]}</span>
        {test && <ExpressionInput label={t("rules.condition")} value={test.text} catalogue={bench.catalogue} inWords={bench.inWords} readOnly={bench.readOnly} problem={problemAt(bench, test.path)} onChange={(text) => bench.change({ op: "set", path: test.path, value: text })} />}
        {!bench.readOnly && inner.label !== "then" && <ActionIcon size={22} aria-label={t("rules.removeBranch")} onClick={() => bench.change({ op: "remove", path: inner.label === "else" ? inner.path : inner.path.slice(0, -1) })}><IconX size={13} /></ActionIcon>}</div>}
      <StepList steps={inner.steps} path={inner.path} bench={bench} />
    </div>
  );
}

function Branches({ step, path, bench }: { step: Extract<StepDocument, { if: unknown }>; path: Path; bench: Bench }) {
  const language = useLanguage();
  const branch = newBranch("false");
  const addElseIf = () => bench.change(step.else_if === undefined ? { op: "set", path: [...path, "else_if"], value: [branch] } : { op: "insert", path: [...path, "else_if"], value: branch });
  return (
    <div className={css.branches}>
      <button type="button" className={css.add} onClick={addElseIf}><IconPlus size={13} aria-hidden />{LABELS["else_if"]?.[language]}</button>
      {step.else === undefined && <button type="button" className={css.add} onClick={() => bench.change({ op: "set", path: [...path, "else"], value: [] })}><IconPlus size={13} aria-hidden />{LABELS["else"]?.[language]}</button>}
    </div>
  );
}

function Body({ step, kind, path, bench }: { step: StepDocument; kind: Kind; path: Path; bench: Bench }) {
  const t = useT();
  const common = { catalogue: bench.catalogue, inWords: bench.inWords, readOnly: bench.readOnly };
  const at = (key: string, label: string) => (
    <ExpressionInput {...common} label={label} value={textOf((step as Record<string, unknown>)[key])} problem={problemAt(bench, [...path, key])} onChange={(text) => bench.change({ op: "set", path: [...path, key], value: text })} />
  );
  if (kind === "if" || kind === "while") return at(kind, t("rules.condition"));
  if (kind === "stop") return <Word label={t("rules.reason")} value={textOf((step as { stop: unknown }).stop)} readOnly={bench.readOnly} save={(text) => bench.change({ op: "set", path: [...path, "stop"], value: text })} />;
  if (kind === "for") return <div className={css.row}><Word label={t("rules.loopName")} value={(step as { for: string }).for} readOnly={bench.readOnly} save={(text) => bench.change({ op: "set", path: [...path, "for"], value: text })} /><span className="dim small">{t("rules.inList")}</span>{at("in", t("rules.list"))}</div>;
  if (kind === "do") return <Action step={step as Extract<StepDocument, { with?: unknown }>} path={path} bench={bench} />;
  return <Entries kind={kind} step={step} path={path} bench={bench} />;
}

/** A plain word; it becomes a change when the field is left. */
function Word({ label, value, save, readOnly }: { label: string; value: string; save: (value: string) => void; readOnly: boolean }) {
  const [typed, setTyped] = useState<string | null>(null);
  const leave = (): void => { if (typed !== null && typed.trim() !== value) save(typed.trim()); setTyped(null); };
  return <TextInput size="xs" className={css.word} aria-label={label} value={typed ?? value} readOnly={readOnly} onChange={(event) => setTyped(event.currentTarget.value)} onBlur={leave} onKeyDown={(event) => { if (event.key === "Enter") leave(); }} />;
}

/** Names with their values, of `set` and `let`. */
function Entries({ kind, step, path, bench }: { kind: "set" | "let"; step: StepDocument; path: Path; bench: Bench }) {
  const t = useT();
  const language = useLanguage();
  const settable = settableOf(bench.catalogue, language);
  const entries = entriesOf((step as Record<string, unknown>)[kind]);
  return (
    <div className={css.entries}>
      {entries.map(([name, value]) => {
        const at = [...path, kind, name];
        const known = settable.find(({ target }) => target === name);
        const rename = (key: string | null): void => { if (key && key !== name) bench.change({ op: "rename", path: at, key }); };
        // A name of `let` may be set as well, so what is not in the list is shown as it is.
        const names = known || name === "" ? settable : [...settable, { target: name, doc: name, values: [] }];
        return (
          <div key={name} className={css.row}>
            {kind === "set"
              ? <Select size="xs" className={css.target} aria-label={t("rules.target")} searchable allowDeselect={false} readOnly={bench.readOnly} value={name} onChange={rename} data={names.map(({ target, doc }) => ({ value: target, label: doc === target ? target : `${doc} · ${target}` }))} />
              : <Word label={t("rules.name")} value={name} readOnly={bench.readOnly} save={rename} />}
            <span className="dim">=</span>
            <ExpressionInput label={t("rules.value")} value={value} catalogue={bench.catalogue} inWords={bench.inWords} readOnly={bench.readOnly} values={known?.values ?? []} problem={problemAt(bench, at)} onChange={(text) => bench.change({ op: "set", path: at, value: text })} />
          </div>
        );
      })}
    </div>
  );
}

function Action({ step, path, bench }: { step: { do?: unknown; with?: unknown }; path: Path; bench: Bench }) {
  const t = useT();
  const language = useLanguage();
  const name = textOf(step.do);
  const action = bench.catalogue.actions.get(name);
  const given = new Map(entriesOf(step.with));
  const put = (key: string, text: string): void => {
    if (step.with === undefined) bench.change({ op: "set", path: [...path, "with"], value: { [key]: text } });
    else bench.change(text === "" ? { op: "remove", path: [...path, "with", key] } : { op: "set", path: [...path, "with", key], value: text });
  };
  const choose = (next: string | null): void => { if (next && next !== name) bench.change({ op: "set", path: [...path, "do"], value: next }, { op: "set", path: [...path, "with"], value: {} }); };
  return (
    <div className={css.entries}>
      <Select size="xs" aria-label={t("rules.action")} searchable allowDeselect={false} readOnly={bench.readOnly} value={name} onChange={choose} error={problemAt(bench, [...path, "do"])}
        data={[...bench.catalogue.actions.values()].map(({ key, doc }) => ({ value: key, label: doc[language] }))} />
      {[...(action?.params.values() ?? [])].map((param) => (
        <label key={param.key} className={css.param}>
          <span>{param.doc[language]}{param.required && <span className={css.must} aria-hidden> *</span>}</span>
          <ExpressionInput label={param.doc[language]} value={given.get(param.key) ?? ""} catalogue={bench.catalogue} inWords={bench.inWords} readOnly={bench.readOnly} values={(param.values ?? []).map(({ value, doc }) => ({ value: JSON.stringify(value), label: doc?.[language] ?? String(value) }))}
            problem={problemAt(bench, [...path, "with", param.key])} onChange={(text) => put(param.key, text)} />
        </label>
      ))}
    </div>
  );
}
