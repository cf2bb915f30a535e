import { ActionIcon, Checkbox, NumberInput, Select } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import type { WrittenTransition } from "./document.ts";
import { withWritten } from "./known.ts";
import { Expression, Field, Group, Item, useBench, useOptions, useSet, type Option } from "./parts.tsx";
import type { Path } from "./references.ts";
import css from "./processes.module.css";

export const DEEDS = ["raise_priority", "assign_same_operator", "assign_to_actor", "assign_least_loaded", "unassign", "tell_supervisor", "remind_assignee", "restart_deadline", "count_reopening", "first_answer", "hand_over", "hand_over_department"] as const;
const ROLES = ["operator", "supervisor", "department", "client", "system"] as const;
const RELATIONS = ["owner", "creator", "same_department"] as const;
const LANGUAGES = ["client", "project", "en", "ru", "sl"] as const;
export interface PartProps { way: WrittenTransition; path: Path }

interface Narrow { role: string; department?: string; relation?: string }
const wide = (one: string | Narrow): Narrow => (typeof one === "string" ? { role: one } : one);
/** A role alone is written as one word. */
const narrow = ({ role, department, relation }: Narrow): string | Narrow => (department || relation ? { role, ...(department && { department }), ...(relation && { relation }) } : role);

/** Who may: a role, and where it is narrowed, the department and what they are to the ticket. */
export function Who({ way, path }: PartProps) {
  const t = useT();
  const options = useOptions();
  const { readOnly, known, change } = useBench();
  const who = ((way.who ?? []) as readonly (string | Narrow)[]).map(wide);
  const put = (next: Narrow[]): void => { if (next.length > 0) change({ do: "set", path: [...path, "who"], value: next.map(narrow) }); };
  const free = ROLES.find((role) => !who.some((one) => one.role === role)) ?? "operator";
  return (
    <Group title={t("process.who")} onAdd={() => put([...who, { role: free }])} addLabel={t("process.addWho")}>
      {who.map((one, index) => {
        const edit = (given: Partial<Record<keyof Narrow, string | null>>): void => put(who.map((each, at) => (at === index ? { ...each, ...given } as Narrow : each)));
        return (
          <div key={index} className={css.who}>
            <Select size="xs" aria-label={t("process.who")} data={options("role", ROLES)} value={one.role} onChange={(role) => role && edit({ role })} allowDeselect={false} readOnly={readOnly} />
            <Select size="xs" aria-label={t("process.relation")} placeholder={t("process.anyRelation")} data={options("relation", RELATIONS)} value={one.relation ?? null} onChange={(relation) => edit({ relation })} clearable disabled={one.role === "system" || one.role === "client"} readOnly={readOnly} />
            {!readOnly && <ActionIcon size="sm" aria-label={`${t("process.remove")}: ${one.role}`} disabled={who.length === 1} onClick={() => put(who.filter((_, at) => at !== index))}><IconTrash size={14} /></ActionIcon>}
            {one.role === "department" && <Select size="xs" className={css.wide ?? ""} aria-label={t("process.department")} placeholder={t("process.anyDepartment")} data={withWritten(known.departments, one.department)} value={one.department ?? null} onChange={(department) => edit({ department })} clearable readOnly={readOnly} />}
          </div>
        );
      })}
    </Group>
  );
}

/** When a field is asked for only if another has a certain value. */
export function Conditions({ requires, path, fields }: { requires: readonly (string | { field: string; when?: Record<string, string> })[]; path: Path; fields: Option[] }) {
  const t = useT();
  const set = useSet();
  const { readOnly } = useBench();
  const label = (field: string): string => fields.find(({ value }) => value === field)?.label ?? field;
  return requires.map((one, index) => {
    const field = typeof one === "string" ? one : one.field;
    const [other, value] = Object.entries(typeof one === "string" ? {} : one.when ?? {})[0] ?? [null, ""];
    const put = (name: string | null, text: string): void => set([...path, index], name ? { field, when: { [name]: text } } : field);
    return (
      <div key={field} className={css.condition}>
        <span className="cut" title={label(field)}>{label(field)}</span>
        <Select size="xs" aria-label={t("process.onlyIf", { field: label(field) })} placeholder={t("process.always")} data={fields.filter((each) => each.value !== field)} value={other} onChange={(name) => put(name, value)} clearable readOnly={readOnly} />
        {other && <Field label={t("process.isValue")} mark="=" value={value} save={(text) => put(other, text)} />}
      </div>
    );
  });
}

type Notice = string | readonly { notice: string; language?: string; channels?: readonly string[] }[];
/** One notice in the client's language, or several that say which language. */
export function Notices({ label, path, value }: { label: string; path: Path; value: WrittenTransition["notice"] }) {
  const t = useT();
  const options = useOptions();
  const set = useSet();
  const { known, readOnly } = useBench();
  const given = value as Notice | undefined;
  if (given === undefined || typeof given === "string") {
    return (
      <div className={css.notice}>
        <Select size="xs" label={label} data={withWritten(known.notices, given)} value={given ?? null} onChange={(notice) => set(path, notice)} clearable searchable readOnly={readOnly} />
        {given && !readOnly && <button type="button" className={css.link} onClick={() => set(path, [{ notice: given, language: "client" }, { notice: given, language: "project" }])}>{t("process.moreNotices")}</button>}
      </div>
    );
  }
  return (
    <Group title={label} onAdd={() => set(path, [...given, { notice: given[0]?.notice ?? "", language: "client" }])} addLabel={t("process.addNotice")}>
      {given.map((wish, index) => (
        <Item key={index} title={wish.notice} path={[...path, index]}>
          <Select size="xs" label={t("process.noticeName")} data={withWritten(known.notices, wish.notice)} value={wish.notice} onChange={(notice) => notice && set([...path, index, "notice"], notice)} allowDeselect={false} searchable readOnly={readOnly} />
          <Select size="xs" label={t("process.inLanguage")} data={options("language", LANGUAGES)} value={wish.language ?? "client"} onChange={(language) => set([...path, index, "language"], language)} allowDeselect={false} readOnly={readOnly} />
        </Item>
      ))}
    </Group>
  );
}

/** Somebody has to go there. */
export function Visit({ way, path }: PartProps) {
  const t = useT();
  const set = useSet();
  const { readOnly } = useBench();
  const { visit } = way;
  return (
    <>
      <Checkbox size="xs" label={t("process.visit")} checked={visit !== undefined} onChange={(event) => { if (!readOnly) set([...path, "visit"], event.currentTarget.checked ? { minutes: 60 } : null); }} />
      {visit && (
        <div className={css.item}>
          <NumberInput size="xs" label={t("process.minutes")} value={visit.minutes} min={5} max={10_000} onChange={(value) => { if (typeof value === "number" && value >= 5) set([...path, "visit", "minutes"], value); }} readOnly={readOnly} />
          <Field label={t("process.skill")} value={visit.skill ?? ""} save={(value) => set([...path, "visit", "skill"], value)} />
          <Expression label={t("process.onlyWhen")} path={[...path, "visit", "when"]} value={visit.when ?? ""} save={(value) => set([...path, "visit", "when"], value)} />
        </div>
      )}
    </>
  );
}
