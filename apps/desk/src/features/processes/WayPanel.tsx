import { MultiSelect, Select } from "@mantine/core";
import { useT } from "../../i18n/intl.tsx";
import type { WrittenTransition } from "./document.ts";
import { Expression, Group, Head, Key, Names, optionsOf, useBench, useOptions, useSet, useShownLanguage } from "./parts.tsx";
import { Conditions, DEEDS, Notices, Visit, Who } from "./wayParts.tsx";
import { Approval, Guards, Settings, Subtasks } from "./wayRules.tsx";

const nameOf = (one: string | { field: string }): string => (typeof one === "string" ? one : one.field);

/** Everything a transition asks, allows and does, in the order a ticket meets it. */
export function WayPanel({ wayKey }: { wayKey: string }) {
  const t = useT();
  const options = useOptions();
  const language = useShownLanguage();
  const set = useSet();
  const { process, readOnly, choose } = useBench();
  const way = process.transitions[wayKey]!;
  const path = ["transitions", wayKey];
  const stages = optionsOf(process.stages, language);
  return (
    <>
      <Head title={way.name?.[language] ?? wayKey} />
      <Names label={t("process.name")} path={[...path, "name"]} value={way.name} />
      <MultiSelect size="xs" label={t("process.from")} data={stages} value={way.from} onChange={(value) => { if (value.length > 0) set([...path, "from"], value); }} readOnly={readOnly} />
      <Select size="xs" label={t("process.to")} data={stages} value={way.to} onChange={(value) => value && set([...path, "to"], value)} allowDeselect={false} readOnly={readOnly} />
      <Who way={way} path={path} />
      <Asks way={way} path={path} />
      <Guards way={way} path={path} />
      <Approval way={way} path={path} wayKey={wayKey} />
      <Settings way={way} path={path} />
      <Subtasks way={way} path={path} />
      <Group title={t("process.then")}>
        <Notices label={t("process.notice")} path={[...path, "notice"]} value={way.notice} />
        <MultiSelect size="xs" label={t("process.does")} data={options("deed", DEEDS)} value={way.does ?? []} onChange={(value) => set([...path, "does"], value)} readOnly={readOnly} />
        <Visit way={way} path={path} />
        <Expression label={t("process.automatic")} path={[...path, "automatic", "when"]} value={way.automatic?.when ?? ""} save={(value) => set(value ? [...path, "automatic", "when"] : [...path, "automatic"], value || null)} />
      </Group>
      <Group title={t("process.advanced")}><Key kind="transitions" value={wayKey} onRenamed={(key) => choose({ kind: "transitions", key })} /></Group>
    </>
  );
}

function Asks({ way, path }: { way: WrittenTransition; path: string[] }) {
  const t = useT();
  const language = useShownLanguage();
  const set = useSet();
  const { process, readOnly } = useBench();
  const fields = optionsOf(process.fields, language);
  const requires = (way.requires ?? []) as readonly (string | { field: string; when?: Record<string, string> })[];
  const checklists = optionsOf(process.checklists as never, language);
  return (
    <Group title={t("process.asks")}>
      {/* What is asked for only sometimes stays as it was written. */}
      <MultiSelect size="xs" label={t("process.requires")} data={fields} value={requires.map(nameOf)} onChange={(names) => set([...path, "requires"], names.map((name) => requires.find((one) => nameOf(one) === name) ?? name))} readOnly={readOnly} />
      <Conditions requires={requires} path={[...path, "requires"]} fields={fields} />
      <MultiSelect size="xs" label={t("process.accepts")} data={fields} value={way.accepts ?? []} onChange={(value) => set([...path, "accepts"], value)} readOnly={readOnly} />
      <Select size="xs" label={t("process.checklist")} placeholder={checklists.length === 0 ? t("process.noChecklists") : ""} disabled={checklists.length === 0} data={checklists} value={way.checklist ?? null} onChange={(value) => set([...path, "checklist"], value)} clearable readOnly={readOnly} />
    </Group>
  );
}
