import { Button } from "@mantine/core";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { say } from "../../shared/toast.tsx";
import { Compare } from "./Compare.tsx";
import { TOUCHED } from "./kinds.ts";
import css from "./projects.module.css";

interface Props { projectKey: string; path: string; current: number; /** What the repository has instead. */ repository: string | null; onTake: (text: string) => void }

/** Who saved what, when and why; each compared with the one in use, and taken back as a new version. */
export function Versions({ projectKey, path, current, repository, onTake }: Props) {
  const t = useT();
  const { data, error, refetch } = useApi("listVersions", { params: { key: projectKey }, query: { path } });
  const [chosen, setChosen] = useState<number | "files" | null>(null);
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={6} height={40} />;
  const number = chosen ?? data.items.find((each) => each.number < current)?.number ?? null;
  return (
    <div className={css.versions}>
      <ol className={`scroll ${css.versionList}`} aria-label={t("projects.view.versions")}>
        {repository !== null && <li><button type="button" className={css.version} data-chosen={number === "files" || undefined} onClick={() => setChosen("files")}><span className="strong">{t("projects.repository")}</span><span className="dim small">{t("projects.repositoryHint")}</span></button></li>}
        {data.items.map((each) => (
          <li key={each.number}>
            <button type="button" className={css.version} data-chosen={each.number === number || undefined} onClick={() => setChosen(each.number)}>
              <span className="row"><span className="strong num">{each.number}</span>{each.number === current && !each.removed && <span className="chip live">{t("projects.current")}</span>}{each.removed && <span className="chip warn">{t("projects.removed")}</span>}<span className="grow" /><span className="dim small"><Moment at={each.at} /></span></span>
              <span className="dim small cut">{each.by ?? t("projects.origin.files")}{each.note && ` · ${each.note}`}</span>
            </button>
          </li>
        ))}
      </ol>
      {number === "files" && repository !== null && <Against projectKey={projectKey} path={path} current={current} text={repository} deed={<Button size="compact-sm" variant="default" onClick={() => onTake(repository)}>{t("projects.takeFiles")}</Button>} />}
      {typeof number === "number" && <Older key={number} projectKey={projectKey} path={path} current={current} number={number} />}
    </div>
  );
}

function Older({ projectKey, path, current, number }: { projectKey: string; path: string; current: number; number: number }) {
  const t = useT();
  const { data, error } = useApi("readText", { params: { key: projectKey }, query: { path, number } });
  const { data: now } = useApi("readText", { params: { key: projectKey }, query: { path } });
  const back = useSend("takeBackText", TOUCHED, { onSuccess: () => say(t("projects.takenBack", { number })) });
  const take = () => back.mutate({ params: { key: projectKey }, body: { path, to: number, number: current, note: t("projects.takenBack", { number }) } });
  if (error) return <ProblemNote error={error} />;
  if (!data) return <Skeleton rows={6} height={20} />;
  const mayTake = number !== current && data.text !== "";
  return <Against projectKey={projectKey} path={path} current={current} text={data.text} problem={back.error} deed={mayTake && <Button size="compact-sm" variant="default" disabled={now?.text === data.text} loading={back.isPending} onClick={take}>{t("projects.takeBack", { number })}</Button>} />;
}

function Against({ projectKey, path, text, problem, deed }: { projectKey: string; path: string; current: number; text: string; problem?: unknown; deed: React.ReactNode }) {
  const t = useT();
  const { data } = useApi("readText", { params: { key: projectKey }, query: { path } });
  return (
    <div className={css.against}>
      <div className="row between"><span className="dim small">{t("projects.against")}</span>{deed}</div>
      {Boolean(problem) && <ProblemNote error={problem} />}
      {data && <Compare before={text} after={data.text} />}
    </div>
  );
}
