import type { TicketFilter, ViewSort } from "@linija/server/contract/views/views";
import { Button, MultiSelect, NumberInput, Select } from "@mantine/core";
import { useT, useWord } from "../../i18n/intl.tsx";
import { fieldError } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { useMe } from "../access/session.ts";
import { priorityKeys } from "../tickets/words.ts";
import { useTypes } from "../tickets/useTypes.ts";
import { sorts, type Asked } from "./asked.ts";
import { FieldFilter } from "./FieldFilter.tsx";
import css from "./views.module.css";

interface Props { asked: Asked; error: unknown; onChange: (asked: Asked) => void; onClear: () => void }
const statuses = ["open", "waiting", "done", "closed"] as const;
type Lists = "statuses" | "projects" | "types" | "stages" | "departments" | "owners";

/** Every part narrows what is listed; what is empty does not. */
export function FilterPanel({ asked, error, onChange, onClear }: Props) {
  const { filter, sort } = asked;
  const t = useT();
  const choices = useChoices(filter);
  const set = (change: Partial<TicketFilter>) => onChange({ ...asked, filter: { ...filter, ...change } });
  const list = (name: Lists, label: string) => (
    <MultiSelect size="xs" label={label} data={choices[name]} value={(filter[name] as string[] | undefined) ?? []} onChange={(values) => set({ [name]: values })} clearable searchable={choices[name].length > 7} hidePickedOptions error={fieldError(error, `filter.${name}`)} clearButtonProps={{ "aria-label": t("do.clear") }} />
  );
  return (
    <section className={`panel ${css.panel}`} aria-label={t("views.filter")}>
      <div className={css.fields}>
        {list("statuses", t("views.status"))}
        {choices.projects.length > 1 && list("projects", t("views.project"))}
        {list("types", t("views.type"))}
        {list("stages", t("col.stage"))}
        {list("owners", t("ticket.owner"))}
        {choices.departments.length > 0 && list("departments", t("ticket.department"))}
        <MultiSelect size="xs" label={t("register.priority")} data={priorityKeys.map((key, index) => ({ value: String(index), label: t(key) }))} value={(filter.priorities ?? []).map(String)} onChange={(values) => set({ priorities: values.map(Number) })} clearable hidePickedOptions clearButtonProps={{ "aria-label": t("do.clear") }} />
        <Hours label={t("views.dueWithin")} placeholder={t("views.zero")} value={filter.dueWithinH} onChange={(dueWithinH) => set({ dueWithinH })} />
        <Hours label={t("views.untouchedFor")} value={filter.untouchedForH} onChange={(untouchedForH) => set({ untouchedForH })} />
        <Hours label={t("views.olderThan")} value={filter.olderThanH} onChange={(olderThanH) => set({ olderThanH })} />
        <Select label={t("views.reopened")} data={[{ value: "yes", label: t("views.yes") }, { value: "no", label: t("views.no") }]} clearable value={filter.reopened === undefined ? null : filter.reopened ? "yes" : "no"} onChange={(value) => set({ reopened: value === null ? undefined : value === "yes" })} clearButtonProps={{ "aria-label": t("do.clear") }} />
        <Select label={t("views.sort")} data={sorts.map((each) => ({ value: each, label: t(`views.sort.${each}`) }))} allowDeselect={false} value={sort} onChange={(value) => onChange({ ...asked, sort: (value ?? "changed") as ViewSort })} error={fieldError(error, "sort")} />
        <FieldFilter filter={filter} error={error} onChange={set} />
      </div>
      <div className="row"><Button size="compact-sm" variant="subtle" onClick={onClear}>{t("views.clear")}</Button></div>
    </section>
  );
}

function Hours({ label, placeholder, value, onChange }: { label: string; placeholder?: string; value: number | undefined; onChange: (hours: number | undefined) => void }) {
  const t = useT();
  return <NumberInput size="xs" label={label} placeholder={placeholder} rightSection={<span className="small dim">{t("views.h")}</span>} hideControls min={0} max={8_760} allowNegative={false} value={value ?? ""} onChange={(hours) => onChange(hours === "" ? undefined : Number(hours))} />;
}

interface Choice { value: string; label: string }
function useChoices(filter: TicketFilter): Record<Lists, Choice[]> {
  const t = useT();
  const word = useWord();
  const me = useMe();
  const { projects } = useTypes({ projectKey: null });
  const board = useApi("ticketBoard", { query: { filter: "{}" } }, { staleTime: 5 * 60_000 });
  const people = useApi("listColleagues", null, { staleTime: 5 * 60_000 });
  const shown = projects.filter(({ key }) => !filter.projects?.length || filter.projects.includes(key));
  const types = new Map(shown.flatMap((project) => project.types.map((type) => [type.key, type.name] as const)));
  return {
    statuses: statuses.map((status) => ({ value: status, label: t(`views.status.${status}`) })),
    projects: projects.map(({ key, name }) => ({ value: key, label: name })),
    types: [...types].map(([value, label]) => ({ value, label })),
    stages: (board.data?.columns ?? []).map(({ stage, name }) => ({ value: stage, label: name || word("stage", stage) })),
    owners: [{ value: "me", label: t("views.me") }, { value: "nobody", label: t("ticket.noOwner") }, ...(people.data?.items ?? []).filter(({ id }) => id !== me.id).map(({ id, name }) => ({ value: id, label: name }))],
    departments: (board.data?.departments ?? []).map(({ key, name }) => ({ value: key, label: name })),
  };
}
