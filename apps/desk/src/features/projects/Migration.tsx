import type { MigrationView, OldVersion } from "@linija/server/contract/declarations/declarations.migrate";
import { Button, Select } from "@mantine/core";
import { IconArrowRight, IconTicket } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import css from "./projects.module.css";

/** A common process lives in every project that has not its own: the project is chosen first. */
export function Tickets({ projectKey, process }: { projectKey: string; process: string }) {
  const t = useT();
  const { data } = useApi("listProjects", undefined, { enabled: projectKey === "common" });
  const [chosen, setChosen] = useState<string | null>(null);
  if (projectKey !== "common") return <Migration projectKey={projectKey} process={process} />;
  const key = chosen ?? data?.projects[0]?.key;
  if (!key) return <Skeleton rows={6} height={40} />;
  return (
    <div className={css.against}>
      <Select size="xs" label={t("projects.ofProject")} className={css.chooser} allowDeselect={false} data={data?.projects.map((project) => ({ value: project.key, label: project.name })) ?? []} value={key} onChange={setChosen} />
      <Migration key={key} projectKey={key} process={process} />
    </div>
  );
}

/** Open tickets live by the version they began with; here they are brought to the newest, with a look before and a way back. */
function Migration({ projectKey, process }: { projectKey: string; process: string }) {
  const t = useT();
  const params = { key: projectKey, process };
  const { data, error, refetch } = useApi("previewMigration", { params }, { refetchInterval: (query) => (query.state.data?.recent.some(({ state }) => state === "running" || state === "undoing") ? 1_000 : false) });
  const [stages, setStages] = useState<Record<string, string>>({});
  const start = useSend("startMigration", ["previewMigration", "listTickets"]);
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={6} height={40} />;
  const total = data.versions.reduce((sum, { tickets }) => sum + tickets, 0);
  const moving = data.versions.flatMap((version) => version.stages).filter(({ key, to }) => to !== null || stages[key] !== undefined).reduce((sum, { tickets }) => sum + tickets, 0);
  const lost = [...new Map(data.versions.flatMap((version) => version.stages.filter(({ to }) => to === null)).map((stage) => [stage.key, stage])).values()];
  return (
    <div className={`scroll ${css.migration}`}>
      {total === 0 && <Empty icon={<IconTicket size={22} />} text={t("projects.noOldTickets")} />}
      {data.versions.map((version) => <Old key={version.id} version={version} stages={data.stages} />)}
      {lost.length > 0 && <div className="stack-s"><b>{t("projects.lostStages")}</b>{lost.map((stage) => (
        <div key={stage.key} className="row"><span className={css.from}>{stage.name}</span><IconArrowRight size={15} aria-hidden /><Select size="xs" aria-label={t("projects.stageFor", { stage: stage.name })} placeholder={t("projects.stays")} clearable data={data.stages.map(({ key, name }) => ({ value: key, label: name }))} value={stages[stage.key] ?? null} onChange={(value) => setStages(({ [stage.key]: _before, ...others }) => (value ? { ...others, [stage.key]: value } : others))} /></div>
      ))}</div>}
      {start.error && <ProblemNote error={start.error} />}
      {total > 0 && <div className="row"><Button loading={start.isPending} disabled={moving === 0} onClick={() => start.mutate({ params, body: { toId: data.toId, stages } })}>{t("projects.migrate", { count: moving })}</Button><span className="dim small">{t("projects.migrateHint")}</span></div>}
      {data.recent.length > 0 && <section className="stack-s" aria-labelledby="migrations"><h2 id="migrations" className={css.title}>{t("projects.migrations")}</h2>{data.recent.map((each) => <Run key={each.id} run={each} projectKey={projectKey} />)}</section>}
    </div>
  );
}

function Old({ version, stages }: { version: OldVersion; stages: { key: string; name: string }[] }) {
  const t = useT();
  const hours = (count: number | null) => (count === null ? t("projects.deadlineNone") : t("projects.deadlineHours", { hours: count }));
  const nameOf = (key: string) => stages.find((stage) => stage.key === key)?.name ?? key;
  return (
    <section className={`panel ${css.old}`}>
      <div className="row between"><b>{t("projects.oldVersion")} <Moment at={version.loadedAt} full /></b><span className="num">{t("projects.tickets", { count: version.tickets - version.done })}</span></div>
      {version.stages.map((stage) => <div key={stage.key} className="row small"><span className={css.from}>{stage.name}</span><span className="num dim">{stage.tickets}</span><IconArrowRight size={14} aria-hidden />{stage.to ? nameOf(stage.to) : <span className="chip warn">{t("projects.noStage")}</span>}</div>)}
      {version.done > 0 && <p className="small dim">{t("projects.oldDone", { count: version.done })}</p>}
      {version.deadlines.length > 0 && <div className="small"><p>{t("projects.deadlinesStay")}</p><ul className={css.deadlines}>{version.deadlines.map(({ clock, priority, from, to }) => <li key={`${clock} ${priority}`}>{t("projects.deadlineChange", { clock: t(`projects.deadline.${clock}`), priority: t(`process.priority.${priority}`), from: hours(from), to: hours(to) })}</li>)}</ul></div>}
      {version.approvals > 0 && <p className="small">{t("projects.oldApprovals", { count: version.approvals })}</p>}
    </section>
  );
}

/** What an undo left, and why. */
function keptOf(t: ReturnType<typeof useT>, { moved, merged }: NonNullable<MigrationView["kept"]>): string {
  const told = [...(moved > 0 ? [t("projects.keptMoved", { count: moved })] : []), ...(merged > 0 ? [t("projects.keptMerged", { count: merged })] : [])];
  return told.length > 0 ? told.join(" · ") : t("projects.moved", { count: 0 });
}

function Run({ run, projectKey }: { run: MigrationView; projectKey: string }) {
  const t = useT();
  const params = { key: projectKey, id: run.id };
  const stop = useSend("stopMigration", ["previewMigration"]);
  const undo = useSend("undoMigration", ["previewMigration", "listTickets"]);
  return (
    <div className={css.run}>
      <span className={`chip ${run.state === "running" || run.state === "undoing" ? "accent" : ""}`}>{t(`projects.run.${run.state}`)}</span>
      <span className="grow small"><Moment at={run.at} /> · {run.by} · {run.kept === null ? t("projects.moved", { count: run.moved }) : ""}{run.kept && keptOf(t, run.kept)}{run.skipped > 0 && ` · ${t("projects.skipped", { count: run.skipped })}`}{run.left > 0 && ` · ${t("projects.left", { count: run.left })}`}</span>
      {run.state === "running" && <Button size="compact-sm" variant="default" loading={stop.isPending} onClick={() => stop.mutate({ params })}>{t("projects.stop")}</Button>}
      {(run.state === "done" || run.state === "stopped") && run.moved > 0 && <Button size="compact-sm" variant="default" loading={undo.isPending} onClick={() => undo.mutate({ params })}>{t("do.undo")}</Button>}
      {(stop.error ?? undo.error) && <ProblemNote error={stop.error ?? undo.error} />}
    </div>
  );
}
