import { Checkbox, NumberInput, Select } from "@mantine/core";
import { useT } from "../../i18n/intl.tsx";
import { freeKey } from "./document.ts";
import { Group, Head, Item, Key, Names, optionsOf, useBench, useOptions, useSet, useShownLanguage } from "./parts.tsx";

const VIEWS = ["received", "in_work", "waiting_for_you", "done", "closed", "refused"] as const;
const CLOCKS = ["runs", "paused", "stopped"] as const;

/** What a stage is called, what the client sees in it and what the clocks do there. */
export function StagePanel({ stageKey }: { stageKey: string }) {
  const t = useT();
  const options = useOptions();
  const language = useShownLanguage();
  const set = useSet();
  const { process, readOnly, choose } = useBench();
  const stage = process.stages[stageKey]!;
  const path = ["stages", stageKey];
  return (
    <>
      <Head title={stage.name?.[language] ?? stageKey} />
      <Names label={t("process.name")} path={[...path, "name"]} value={stage.name} />
      <Select size="xs" label={t("process.clientSees")} data={options("sees", VIEWS)} value={stage.client_sees ?? null} onChange={(value) => set([...path, "client_sees"], value)} allowDeselect={false} readOnly={readOnly} />
      <Select size="xs" label={t("process.clockHere")} data={options("clock", CLOCKS)} value={stage.clock ?? "runs"} onChange={(value) => set([...path, "clock"], value === "runs" ? null : value)} allowDeselect={false} readOnly={readOnly} />
      <NumberInput size="xs" label={t("process.maxHours")} value={stage.max_hours ?? ""} min={0} decimalScale={2} onChange={(value) => set([...path, "max_hours"], typeof value === "number" && value > 0 ? value : null)} readOnly={readOnly} />
      <Checkbox size="xs" label={t("process.isFinal")} checked={stage.final === true} onChange={(event) => { if (!readOnly) set([...path, "final"], event.currentTarget.checked ? true : null); }} />
      <Timers stageKey={stageKey} />
      <Group title={t("process.advanced")}><Key kind="stages" value={stageKey} onRenamed={(key) => choose({ kind: "stages", key })} /></Group>
    </>
  );
}

function Timers({ stageKey }: { stageKey: string }) {
  const t = useT();
  const options = useOptions();
  const language = useShownLanguage();
  const set = useSet();
  const { process, readOnly, change } = useBench();
  const timers = Object.entries(process.clocks.timers).filter(([, timer]) => timer.stage === stageKey);
  const ways = optionsOf(Object.fromEntries(Object.entries(process.transitions).filter(([, { from }]) => from.includes(stageKey))), language);
  const [first] = ways;
  const add = (): void => { if (first) change({ do: "set", path: ["clocks", "timers", freeKey(`${stageKey}_late`, Object.keys(process.clocks.timers))], value: { stage: stageKey, after_hours: 24, counts: "working", transition: first.value } }); };
  return (
    <Group title={t("process.timers")} onAdd={first && add} addLabel={t("process.addTimer")}>
      {timers.map(([name, timer]) => (
        <Item key={name} title={name} path={["clocks", "timers", name]}>
          <NumberInput size="xs" label={t("process.afterHours")} value={timer.after_hours} min={0} onChange={(value) => { if (typeof value === "number" && value > 0) set(["clocks", "timers", name, "after_hours"], value); }} readOnly={readOnly} />
          <Select size="xs" label={t("process.counts")} data={options("counts", ["always", "working"])} value={timer.counts ?? "always"} onChange={(value) => set(["clocks", "timers", name, "counts"], value)} allowDeselect={false} readOnly={readOnly} />
          <Select size="xs" label={t("process.takes")} data={ways} value={timer.transition} onChange={(value) => value && set(["clocks", "timers", name, "transition"], value)} allowDeselect={false} readOnly={readOnly} />
        </Item>
      ))}
    </Group>
  );
}

