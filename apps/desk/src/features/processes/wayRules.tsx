import { Checkbox, MultiSelect, NumberInput, SegmentedControl, Select } from "@mantine/core";
import { useT } from "../../i18n/intl.tsx";
import { freeKey, type WrittenTransition } from "./document.ts";
import { withWritten } from "./known.ts";
import { Expression, Group, Item, Names, optionsOf, useBench, useOptions, useSet, useShownLanguage } from "./parts.tsx";
import type { Path } from "./references.ts";
import type { PartProps } from "./wayParts.tsx";
import css from "./processes.module.css";

const NOT_YET = { en: "This cannot be done yet", ru: "Пока это невозможно", sl: "Tega še ni mogoče storiti" };

/** What must hold, and what whoever it stops is told: a paragraph of the company's own rules, or a sentence. */
export function Guards({ way, path }: PartProps) {
  const t = useT();
  const language = useShownLanguage();
  const set = useSet();
  const { process, readOnly } = useBench();
  const policies = optionsOf(process.policies, language);
  const guards = (way.guards ?? []) as readonly { rule: string; policy?: string; message?: typeof NOT_YET }[];
  const say = (index: number, rule: string, key: string): void => set([...path, "guards", index], key === "" ? { rule, message: NOT_YET } : { rule, policy: key });
  return (
    <Group title={t("process.guards")} onAdd={() => set([...path, "guards", guards.length], { rule: "ticket.open_subtasks == 0", message: NOT_YET })} addLabel={t("process.addGuard")}>
      {guards.map((guard, index) => (
        <Item key={index} title={`${index + 1}`} path={[...path, "guards", index]}>
          <Expression label={t("process.mustHold")} path={[...path, "guards", index, "rule"]} value={guard.rule ?? ""} save={(rule) => { if (rule) set([...path, "guards", index, "rule"], rule); }} />
          <Select size="xs" label={t("process.elseTold")} data={[{ value: "", label: t("process.ownWords") }, ...policies]} value={guard.policy ?? ""} onChange={(key) => key !== null && say(index, guard.rule, key)} allowDeselect={false} readOnly={readOnly} />
          {guard.policy === undefined ? <Names label={t("process.sentence")} path={[...path, "guards", index, "message"]} value={guard.message} isLong /> : <p className={css.paragraph}>{process.policies?.[guard.policy]?.paragraph?.[language]}</p>}
        </Item>
      ))}
    </Group>
  );
}

/** Above one's own limit the step is held until somebody with enough authority decides. */
export function Approval({ way, path, wayKey }: PartProps & { wayKey: string }) {
  const t = useT();
  const language = useShownLanguage();
  const set = useSet();
  const { process, readOnly, known } = useBench();
  const { approval } = way;
  const at = [...path, "approval"];
  const refusals = optionsOf(Object.fromEntries(Object.entries(process.transitions).filter(([key]) => key !== wayKey)), language);
  return (
    <Group title={t("process.approval")}>
      <Checkbox size="xs" label={t("process.needsApproval")} checked={approval !== undefined} onChange={(event) => { if (!readOnly) set(at, event.currentTarget.checked ? { deed: known.deeds[0]?.value ?? "refund" } : null); }} />
      {approval && (
        <div className={css.item}>
          <Select size="xs" label={t("process.deedOf")} data={withWritten(known.deeds, approval.deed)} value={approval.deed} onChange={(deed) => deed && set([...at, "deed"], deed)} allowDeselect={false} readOnly={readOnly} />
          <Expression label={t("process.amount")} path={[...at, "amount"]} value={approval.amount ?? ""} save={(value) => set([...at, "amount"], value)} />
          <Expression label={t("process.onlyWhen")} path={[...at, "when"]} value={approval.when ?? ""} save={(value) => set([...at, "when"], value)} />
          <Select size="xs" label={t("process.ifRefused")} placeholder={t("process.staysThere")} data={refusals} value={approval.refused ?? null} onChange={(value) => set([...at, "refused"], value)} clearable readOnly={readOnly} />
        </div>
      )}
    </Group>
  );
}

/** Fields that are computed when it is taken. */
export function Settings({ way, path }: PartProps) {
  const t = useT();
  const language = useShownLanguage();
  const set = useSet();
  const { process, readOnly } = useBench();
  const written = Object.entries(way.set ?? {});
  const free = optionsOf(process.fields, language).filter(({ value }) => way.set?.[value] === undefined);
  if (written.length === 0 && free.length === 0) return null;
  return (
    <Group title={t("process.computes")}>
      {written.map(([field, rule]) => (
        <Item key={field} title={process.fields?.[field]?.name?.[language] ?? field} path={[...path, "set", field]}>
          <Expression label={t("process.value")} path={[...path, "set", field]} value={rule} save={(value) => { if (value) set([...path, "set", field], value); }} />
        </Item>
      ))}
      {!readOnly && <Select key={written.length} size="xs" aria-label={t("process.addComputed")} placeholder={t("process.addComputed")} data={free} value={null} onChange={(field) => field && set([...path, "set", field], `ticket.fields.${field}`)} />}
    </Group>
  );
}

type WrittenSubtask = NonNullable<WrittenTransition["subtasks"]>[number];

/** Work for departments that begins with this step. */
export function Subtasks({ way, path }: PartProps) {
  const t = useT();
  const language = useShownLanguage();
  const set = useSet();
  const { known } = useBench();
  const subtasks = (way.subtasks ?? []) as readonly WrittenSubtask[];
  const add = (): void => set([...path, "subtasks", subtasks.length], {
    key: freeKey("task", subtasks.map(({ key }) => key)), department: known.departments[0]?.value ?? "accounting",
    subject: { en: "What to do", ru: "Что сделать", sl: "Kaj narediti" }, task: { en: "Describe the task", ru: "Опишите задание", sl: "Opišite nalogo" },
  });
  return (
    <Group title={t("process.subtasks.title")} onAdd={add} addLabel={t("process.addSubtask")}>
      {subtasks.map((subtask, index) => <Item key={index} folded title={subtask.subject?.[language] ?? subtask.key} path={[...path, "subtasks", index]}><Subtask subtask={subtask} path={[...path, "subtasks", index]} /></Item>)}
    </Group>
  );
}

const CARRIED = ["form", "ticket.description", "ticket.files"] as const;

function Subtask({ subtask, path }: { subtask: WrittenSubtask; path: Path }) {
  const t = useT();
  const language = useShownLanguage();
  const set = useSet();
  const options = useOptions();
  const { process, known, readOnly } = useBench();
  const fields = optionsOf(process.fields, language);
  const departments = Object.entries(process.fields ?? {}).filter(([, { kind }]) => kind === "department").map(([key]) => ({ value: `field:${key}`, label: t("process.ofField", { field: fields.find(({ value }) => value === key)?.label ?? key }) }));
  const isWritten = typeof subtask.department === "string";
  const department = typeof subtask.department === "string" ? subtask.department : subtask.department ? `field:${subtask.department.field}` : "";
  const isOwnTask = !(typeof subtask.task === "object" && "field" in subtask.task);
  return (
    <>
      <Select size="xs" label={t("process.department")} data={[{ value: "", label: t("process.forSupervisors") }, ...withWritten(known.departments, isWritten ? department : undefined), ...departments]} value={department} allowDeselect={false} readOnly={readOnly}
        onChange={(value) => value !== null && set([...path, "department"], value === "" ? null : value.startsWith("field:") ? { field: value.slice(6) } : value)} />
      <Select size="xs" label={t("process.type")} data={withWritten([{ value: "task", label: t("process.taskType") }, ...known.types.filter(({ value }) => value !== "task")], subtask.type)} value={subtask.type ?? "task"} onChange={(value) => set([...path, "type"], value === "task" ? null : value)} allowDeselect={false} readOnly={readOnly} />
      <Names label={t("process.subject")} path={[...path, "subject"]} value={subtask.subject} />
      <SegmentedControl size="xs" aria-label={t("process.task")} readOnly={readOnly} disabled={fields.length === 0} value={isOwnTask ? "words" : "field"} data={[{ value: "words", label: t("process.taskWritten") }, { value: "field", label: t("process.taskOfField") }]}
        onChange={(kind) => set([...path, "task"], kind === "words" ? { en: "Describe the task", ru: "Опишите задание", sl: "Opišite nalogo" } : { field: fields[0]?.value ?? "" })} />
      {isOwnTask ? <Names label={t("process.task")} path={[...path, "task"]} value={subtask.task as Record<"en" | "ru" | "sl", string>} isLong />
        : <Select size="xs" label={t("process.task")} data={fields} value={(subtask.task as { field: string }).field} onChange={(field) => field && set([...path, "task", "field"], field)} allowDeselect={false} readOnly={readOnly} />}
      <NumberInput size="xs" label={t("process.dueHours")} value={subtask.due_hours ?? ""} min={0} onChange={(value) => set([...path, "due_hours"], typeof value === "number" && value > 0 ? value : null)} readOnly={readOnly} />
      <Select size="xs" label={t("process.answerTo")} data={fields} value={subtask.answer ?? null} onChange={(value) => set([...path, "answer"], value)} clearable readOnly={readOnly} />
      <MultiSelect size="xs" label={t("process.carries")} placeholder={subtask.carries?.length ? "" : t("process.carriesUsual")} data={[...options("carry", CARRIED), ...fields, ...(subtask.carries ?? []).filter((place) => place.startsWith("form.")).map((place) => ({ value: place, label: place }))]} value={[...subtask.carries ?? []]} onChange={(places) => set([...path, "carries"], places)} readOnly={readOnly} />
      <Checkbox size="xs" label={t("process.waitsFor")} checked={subtask.waits !== false} onChange={(event) => { if (!readOnly) set([...path, "waits"], event.currentTarget.checked ? null : false); }} />
      <Expression label={t("process.onlyWhen")} path={[...path, "when"]} value={subtask.when ?? ""} save={(value) => set([...path, "when"], value)} />
    </>
  );
}
