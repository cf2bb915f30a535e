import { Checkbox, MultiSelect, NumberInput, Select } from "@mantine/core";
import { useT } from "../../i18n/intl.tsx";
import { Group, Item, Names, optionsOf, useBench, useOptions, useSet, useShownLanguage } from "./parts.tsx";
import type { Path } from "./references.ts";
import { Notices, DEEDS } from "./wayParts.tsx";
import { Checklists, Fields, Policies } from "./wholeParts.tsx";
import css from "./processes.module.css";

const PRIORITIES = ["low", "normal", "high", "urgent"] as const;

/** What holds for all of the process; shown while nothing in the picture is chosen. */
export function WholePanel() {
  const t = useT();
  const language = useShownLanguage();
  const set = useSet();
  const { process, readOnly } = useBench();
  const employees = optionsOf(Object.fromEntries(Object.entries(process.fields ?? {}).filter(([, { kind }]) => kind === "employee")), language);
  return (
    <>
      <div className={css.panelHead}><h2>{t("process.whole")}</h2></div>
      <p className="small dim">{t("process.hint")}</p>
      <Names label={t("process.name")} path={["name"]} value={process.name} />
      <Select size="xs" label={t("process.startsAt")} data={optionsOf(process.stages, language)} value={process.start ?? null} onChange={(value) => value && set(["start"], value)} readOnly={readOnly} allowDeselect={false} />
      <Notices label={t("process.startNotice")} path={["start_notice"]} value={process.start_notice} />
      <Group title={t("process.clocks")}>
        <Hours label={t("process.deadline")} path={["clocks", "deadline_hours"]} value={process.clocks.deadline_hours} isNeeded />
        <Hours label={t("process.firstAnswer")} path={["clocks", "first_answer_hours"]} value={process.clocks.first_answer_hours} />
      </Group>
      <Escalations />
      <Fields />
      <Checklists />
      <Policies />
      {(employees.length > 0 || (process.excludes ?? []).length > 0) && <Group title={t("process.excludes")}><p className="small dim">{t("process.excludesHint")}</p><MultiSelect size="xs" aria-label={t("process.excludes")} data={[...employees, ...(process.excludes ?? []).filter((place) => place.startsWith("form."))]} value={process.excludes ?? []} onChange={(value) => set(["excludes"], value)} readOnly={readOnly} /></Group>}
    </>
  );
}

/** Working hours by priority, or none. `deadline_hours` must be written even where there is none. */
function Hours({ label, path, value, isNeeded = false }: { label: string; path: Path; value: Record<(typeof PRIORITIES)[number], number> | null | undefined; isNeeded?: boolean }) {
  const t = useT();
  const { readOnly, change } = useBench();
  const put = (hours: Record<string, number> | null): void => change(hours === null && !isNeeded ? { do: "remove", path } : { do: "set", path, value: hours });
  return (
    <>
      <Checkbox size="xs" label={label} checked={Boolean(value)} onChange={(event) => { if (!readOnly) put(event.currentTarget.checked ? { low: 48, normal: 24, high: 8, urgent: 4 } : null); }} />
      {value && <div className={css.four}>{PRIORITIES.map((priority) => <NumberInput key={priority} size="xs" hideControls label={t(`process.priority.${priority}`)} value={value[priority] ?? ""} min={0.1} onChange={(hours) => { if (typeof hours === "number" && hours > 0) change({ do: "set", path: [...path, priority], value: hours }); }} readOnly={readOnly} />)}</div>}
    </>
  );
}

function Escalations() {
  const t = useT();
  const options = useOptions();
  const set = useSet();
  const { process, readOnly } = useBench();
  const { escalations } = process.clocks;
  const at = (index: number, ...rest: string[]): Path => ["clocks", "escalations", index, ...rest];
  return (
    <Group title={t("process.escalations")} onAdd={() => set(at(escalations.length), { at_percent: 100, does: ["tell_supervisor"] })} addLabel={t("process.addEscalation")}>
      {escalations.map((escalation, index) => (
        <Item key={index} title={t("process.atPercent", { percent: escalation.at_percent ?? 0 })} path={at(index)}>
          <div className={css.two}>
            <Select size="xs" label={t("process.ofClock")} data={options("clockName", ["solution", "first_answer", "stage"])} value={escalation.clock ?? "solution"} onChange={(clock) => set(at(index, "clock"), clock === "solution" ? null : clock)} allowDeselect={false} readOnly={readOnly} />
            <NumberInput size="xs" label={t("process.percent")} suffix=" %" value={escalation.at_percent ?? ""} min={1} max={500} onChange={(percent) => { if (typeof percent === "number" && percent > 0) set(at(index, "at_percent"), percent); }} readOnly={readOnly} />
          </div>
          <MultiSelect size="xs" label={t("process.does")} data={options("deed", DEEDS)} value={escalation.does ?? []} onChange={(does) => { if (does.length > 0) set(at(index, "does"), does); }} readOnly={readOnly} />
        </Item>
      ))}
    </Group>
  );
}
