import type { Catalogue } from "@linija/rules";
import type { Language } from "@linija/server/contract/api";
import { ActionIcon, Button, Textarea, TextInput, Tooltip } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { createContext, use, useState, type ReactNode } from "react";
import { useIntl } from "react-intl";
import { languages, useT, type MessageKey } from "../../i18n/intl.tsx";
import { ExpressionInput } from "../rules/Expression.tsx";
import type { Change, Texts, Written } from "./document.ts";
import type { Known } from "./known.ts";
import type { Chosen, Trouble } from "./ProcessEditor.tsx";
import type { Path } from "./references.ts";
import css from "./processes.module.css";

/** What every panel works with: the process as written, what is wrong with it, and the one way to change it. */
export interface Bench {
  process: Written; problems: readonly Trouble[]; readOnly: boolean; catalogue: Catalogue | null; known: Known;
  change: (...changes: Change[]) => void; choose: (chosen: Chosen) => void; remove: () => void;
}
const BenchContext = createContext<Bench | null>(null);
export const BenchOf = BenchContext.Provider;
export function useBench(): Bench {
  const bench = use(BenchContext);
  if (!bench) throw new Error("a panel stands outside its editor");
  return bench;
}

export const useShownLanguage = (): Language => useIntl().locale.slice(0, 2) as Language;
export interface Option { value: string; label: string }
export const optionsOf = (named: Record<string, { name?: Partial<Texts>; title?: Partial<Texts> }> | undefined, language: Language): Option[] =>
  Object.entries(named ?? {}).map(([value, one]) => ({ value, label: one?.name?.[language] ?? one?.title?.[language] ?? value }));

/** Choices with words of ours: `process.role.client`. */
export function useOptions() {
  const t = useT();
  return (family: string, keys: readonly string[]): Option[] => keys.map((value) => ({ value, label: t(`process.${family}.${value}` as MessageKey) }));
}

/** Sets what stands at a path of the text, or takes it away when there is nothing to say. */
export function useSet() {
  const { change } = useBench();
  return (path: Path, value: unknown): void => {
    const isNothing = value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
    change(isNothing ? { do: "remove", path } : { do: "set", path, value });
  };
}

const pathText = (path: Path): string => path.join(".");
/** Marked here; the words stand once, in the list below the picture. */
const useIsWrong = (path: Path): boolean => useBench().problems.some(({ at }) => at === pathText(path));

interface FieldProps { label: string; value: string; save: (value: string) => void; path?: Path; isLong?: boolean; mark?: string }
/** Typed text becomes a change when the field is left, so that one name is one step of undo. */
export function Field({ label, value, save, path, isLong = false, mark }: FieldProps) {
  const { readOnly } = useBench();
  const isWrong = useIsWrong(path ?? ["–"]);
  const [typed, setTyped] = useState<string | null>(null);
  const leave = (): void => { if (typed !== null && typed.trim() !== value) save(typed.trim()); setTyped(null); };
  const common = {
    value: typed ?? value, onChange: (event: { currentTarget: { value: string } }) => setTyped(event.currentTarget.value), onBlur: leave, readOnly, error: isWrong,
    ...(mark ? { "aria-label": label, leftSection: <span className={css.mark}>{mark}</span> } : { label }),
  };
  return isLong ? <Textarea size="xs" {...common} autosize minRows={1} maxRows={8} /> : <TextInput size="xs" {...common} onKeyDown={(event) => { if (event.key === "Enter") leave(); }} />;
}

/** The same words in three languages, one line each. */
export function Names({ path, value, label, isLong = false }: { path: Path; value: Partial<Texts> | undefined; label: string; isLong?: boolean }) {
  const set = useSet();
  return (
    <fieldset className={css.names}>
      <legend>{label}</legend>
      {languages.map((language) => <Field key={language} path={[...path, language]} isLong={isLong} mark={language.toUpperCase()} label={`${label} ${language.toUpperCase()}`} value={value?.[language] ?? ""} save={(text) => set([...path, language], text)} />)}
    </fieldset>
  );
}

/** One expression; with completion as soon as the project's vocabulary is known. */
export function Expression({ label, path, value, save }: { label: string; path: Path; value: string; save: (value: string) => void }) {
  const { catalogue, readOnly } = useBench();
  const isWrong = useIsWrong(path);
  if (!catalogue) return <Field label={label} path={path} value={value} save={save} isLong />;
  return <div className={css.expression}><span>{label}</span><ExpressionInput label={label} value={value} onChange={save} catalogue={catalogue} isWrong={isWrong} readOnly={readOnly} inWords /></div>;
}

export function Group({ title, children, onAdd, addLabel }: { title: string; children?: ReactNode; onAdd?: (() => void) | undefined; addLabel?: string }) {
  const { readOnly } = useBench();
  const t = useT();
  return (
    <section className={css.group}>
      <h3>{title}</h3>
      {children}
      {onAdd && !readOnly && <Button className={css.add ?? ""} size="compact-xs" variant="subtle" leftSection={<IconPlus size={13} aria-hidden />} onClick={onAdd}>{addLabel ?? t("process.add")}</Button>}
    </section>
  );
}

/** One of a list, folded where it is long; taking it away takes only its own lines. */
export function Item({ title, path, children, folded = false }: { title: string; path: Path; children: ReactNode; folded?: boolean }) {
  const { change, readOnly, problems } = useBench();
  const t = useT();
  const isWrong = problems.some(({ at }) => at === pathText(path) || at.startsWith(`${pathText(path)}.`));
  const bin = !readOnly && <Tooltip label={t("process.remove")}><ActionIcon size="sm" aria-label={`${t("process.remove")}: ${title}`} onClick={() => change({ do: "remove", path })}><IconTrash size={14} /></ActionIcon></Tooltip>;
  if (!folded) return <div className={css.item} data-trouble={isWrong || undefined}><div className={css.itemHead}><span className="cut">{title}</span>{bin}</div>{children}</div>;
  return (
    <div className={css.item} data-trouble={isWrong || undefined}>
      <div className={css.itemHead}><details open={isWrong || undefined}><summary className="cut">{title}</summary><div className={css.folded}>{children}</div></details>{bin}</div>
    </div>
  );
}

export function Head({ title }: { title: string }) {
  const { remove, readOnly } = useBench();
  const t = useT();
  return <div className={css.panelHead}><h2 className="cut">{title}</h2>{!readOnly && <Tooltip label={`${t("process.remove")} (Delete)`}><ActionIcon aria-label={t("process.remove")} onClick={remove}><IconTrash size={16} /></ActionIcon></Tooltip>}</div>;
}

/** The key, renamed wherever it is named. */
export function Key({ kind, value, onRenamed }: { kind: "stages" | "transitions" | "fields" | "policies" | "checklists"; value: string; onRenamed?: (to: string) => void }) {
  const { process, change } = useBench();
  const t = useT();
  const rename = (to: string): void => { if (/^[a-z][a-z0-9_-]*$/.test(to) && !(process[kind] ?? {})[to]) { change({ do: "rename", kind, key: value, to }); onRenamed?.(to); } };
  return <Field label={t("process.key")} value={value} save={rename} />;
}
