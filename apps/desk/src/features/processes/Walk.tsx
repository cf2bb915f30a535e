import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import type { Written, WrittenTransition } from "./document.ts";
import { useBench, useOptions, useShownLanguage } from "./parts.tsx";
import css from "./processes.module.css";

const ROLES = ["operator", "supervisor", "department", "client", "system"] as const;
const isFor = (way: WrittenTransition, role: string): boolean => (way.who ?? []).some((one) => (typeof one === "string" ? one : one.role) === role);

/** A ticket that is none: what each side would see and could do at every stage, without anything being stored. */
export function Walk({ onClose }: { onClose: () => void }) {
  const t = useT();
  const options = useOptions();
  const language = useShownLanguage();
  const { process, choose } = useBench();
  const [taken, setTaken] = useState<string[]>([]);
  const at = stageAfter(process, taken);
  const stage = process.stages[at];
  const nameOf = (key: string): string => process.transitions[key]?.name?.[language] ?? key;
  const go = (next: string[]): void => { setTaken(next); choose({ kind: "stages", key: stageAfter(process, next) }); };
  const ways = Object.entries(process.transitions).filter(([, { from }]) => from.includes(at));
  return (
    <>
      <div className={css.panelHead}><h2>{t("process.walk")}</h2><Tooltip label={t("process.stopWalk")}><ActionIcon aria-label={t("process.stopWalk")} onClick={onClose}><IconX size={16} /></ActionIcon></Tooltip></div>
      <p className="small dim">{t("process.walkHint")}</p>
      <div className={css.walkAt} aria-live="polite">
        <strong>{stage?.name?.[language] ?? at}</strong>
        <span>{t("process.clientSees")}: {t(`process.sees.${stage?.client_sees ?? "in_work"}`)}</span>
        <span>{t(`process.clock.${stage?.clock ?? "runs"}`)}</span>
      </div>
      {options("role", ROLES).map(({ value, label }) => {
        const own = ways.filter(([, way]) => isFor(way, value));
        return own.length > 0 && (
          <section key={value} className={css.group} aria-label={label}>
            <h3>{label}</h3>
            {own.map(([key, way]) => <div key={key} className={css.walkWay}><Button size="compact-sm" variant="default" onClick={() => go([...taken, key])}>{nameOf(key)}</Button><Asked way={way} process={process} /></div>)}
          </section>
        );
      })}
      {ways.length === 0 && <p className="small dim">{t(stage?.final ? "process.final" : "process.trouble.stuck")}</p>}
      {taken.length > 0 && (
        <section className={css.group}>
          <h3>{t("process.taken")}</h3>
          <ol className={css.trail}>{taken.map((key, index) => <li key={index}>{nameOf(key)}</li>)}</ol>
          <Button size="compact-sm" variant="subtle" leftSection={<IconArrowBackUp size={14} aria-hidden />} onClick={() => go(taken.slice(0, -1))}>{t("process.stepBack")}</Button>
        </section>
      )}
    </>
  );
}

const stageAfter = (process: Written, taken: readonly string[]): string => process.transitions[taken.at(-1) ?? ""]?.to ?? process.start ?? "";

/** What would be asked for and would follow, in a few words. */
function Asked({ way, process }: { way: WrittenTransition; process: Written }) {
  const t = useT();
  const language = useShownLanguage();
  const required = ((way.requires ?? []) as readonly (string | { field: string })[]).map((one) => (typeof one === "string" ? one : one.field)).map((key) => process.fields?.[key]?.name?.[language] ?? key);
  const notes = [
    ...(required.length > 0 ? [`${t("process.requires")}: ${required.join(", ")}`] : []),
    ...(way.guards?.length ? [t("process.count.guards", { count: way.guards.length })] : []),
    ...(way.checklist ? [`${t("process.checklist")}: ${process.checklists?.[way.checklist]?.name?.[language] ?? way.checklist}`] : []),
    ...(way.approval ? [t("process.needsApproval")] : []),
    ...(way.subtasks?.length ? [t("process.count.subtasks", { count: way.subtasks.length })] : []),
    ...(way.notice ? [t("process.tellsClient")] : []),
  ];
  return notes.length > 0 && <span className="small dim">{notes.join(" · ")}</span>;
}
