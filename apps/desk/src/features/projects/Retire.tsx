import type { RetiredView } from "@linija/server/contract/declarations/declarations";
import type { ProjectInHand } from "@linija/server/contract/declarations/declarations.retire";
import { Button, Modal, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconArchive } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import type { RouteName } from "../../shared/api.ts";
import { Moment } from "../../shared/clock.tsx";
import { Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { TextEditor } from "../../shared/TextEditor.tsx";
import { say, useRefusal } from "../../shared/toast.tsx";
import css from "./projects.module.css";

const TOUCHED: RouteName[] = ["listProjects", "listTexts", "ticketTypes", "getFloor"];

/** Asked first: what the project still has in hand, what would break without it, and what stays. */
export function RetireBox({ projectKey, name, onClose }: { projectKey: string; name: string; onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const [note, setNote] = useState("");
  const { data, error, refetch } = useApi("projectInHand", { params: { key: projectKey } }, { staleTime: 0, gcTime: 0 });
  const retire = useSend("retireProject", TOUCHED, { onSuccess: () => { say(t("projects.retire.done", { name })); void navigate({ to: "/projects" }); }, onError: () => void refetch() });
  const isFree = data !== undefined && data.problems.length === 0 && Object.values(data.inHand).every((count) => count === 0);
  return (
    <Modal opened onClose={onClose} size={560} title={<b>{t("projects.retire.title", { name })}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>
      <form className="stack" onSubmit={(event) => { event.preventDefault(); if (isFree) retire.mutate({ params: { key: projectKey }, body: { note } }); }}>
        <ProblemNote error={error} onRetry={() => void refetch()} />
        {!data && !error && <Skeleton rows={4} height={24} />}
        {data && !isFree && <InTheWay found={data} />}
        {data && isFree && <p>{t("projects.retire.hint", { numbers: data.numbers.join(", "), count: data.numbers.length })}</p>}
        {data && isFree && <p className="dim small">{t("projects.retire.stays", { count: data.people })}</p>}
        {isFree && <TextInput size="xs" label={t("projects.retire.why")} value={note} maxLength={500} onChange={(event) => setNote(event.currentTarget.value)} data-autofocus />}
        {retire.error && <ProblemNote error={retire.error} />}
        <div className="row between"><span /><span className="row"><Button variant="default" onClick={onClose}>{t(isFree ? "do.cancel" : "do.close")}</Button>{isFree && <Button type="submit" color="red" loading={retire.isPending}>{t("projects.retire.do")}</Button>}</span></div>
      </form>
    </Modal>
  );
}

function InTheWay({ found: { inHand, problems } }: { found: ProjectInHand }) {
  const t = useT();
  const kinds = (["tickets", "calls", "promises", "bulk"] as const).filter((kind) => inHand[kind] > 0);
  return (
    <div role="alert" className={`row ${css.refused}`}>
      <IconAlertTriangle size={16} aria-hidden />
      <div className="stack-s">
        {kinds.length > 0 && <div><b>{t("projects.retire.inHand")}</b><ul>{kinds.map((kind) => <li key={kind}>{t(`projects.retire.${kind}`, { count: inHand[kind] })}</li>)}</ul></div>}
        {problems.length > 0 && <div><b>{t("projects.retire.needed")}</b><ul>{problems.map((problem, index) => <li key={index}><code>{problem.file}{problem.line ? `:${problem.line}` : ""}</code> {problem.at || problem.message}</li>)}</ul></div>}
      </div>
    </div>
  );
}

function BringBack({ projectKey, name }: { projectKey: string; name: string }) {
  const t = useT();
  const back = useSend("bringBackProject", TOUCHED, { onSuccess: () => say(t("projects.retire.back", { name })), onError: useRefusal() });
  return <Button size="compact-sm" variant="light" loading={back.isPending} onClick={() => back.mutate({ params: { key: projectKey } })}>{t("projects.retire.bringBack")}<span className="visually-hidden">: {name}</span></Button>;
}

/** In the gallery: who took it out of use, why, and the way back. */
export function RetiredCard({ project, head }: { project: RetiredView; head: React.ReactNode }) {
  const t = useT();
  return (
    <div className={`panel ${css.card}`}>
      {head}
      <span className={css.about}>{project.note}</span>
      <span className="dim small">{t("projects.retire.since", { name: project.retiredBy ?? "–" })} <Moment at={project.retiredAt} /> · {t("projects.retire.history", { count: project.tickets })}</span>
      <span className={`row between ${css.foot}`}><BringBack projectKey={project.key} name={project.name} /><Link className="small" to="/projects/$key" params={{ key: project.key }}>{t("projects.retire.texts")}</Link></span>
    </div>
  );
}

/** Above its texts, which are there to be read. */
function RetiredNote({ projectKey }: { projectKey: string }) {
  const t = useT();
  const retired = useApi("listProjects").data?.retired.find(({ key }) => key === projectKey);
  if (!retired) return null;
  return (
    <div role="status" className={css.overtaken}>
      <IconArchive size={17} aria-hidden /><span className="grow">{t("projects.retire.since", { name: retired.retiredBy ?? "–" })} <Moment at={retired.retiredAt} />{retired.note && ` · ${retired.note}`}</span>
      <BringBack projectKey={projectKey} name={retired.name} />
    </div>
  );
}

export function RetiredText({ projectKey, path }: { projectKey: string; path: string }) {
  const t = useT();
  const { data, error, refetch } = useApi("readText", { params: { key: projectKey }, query: { path } });
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={12} height={20} />;
  return <div className={css.pane}><RetiredNote projectKey={projectKey} /><div className={css.body}><TextEditor label={t("projects.editorOf", { path })} value={data.text} onChange={() => undefined} problems={[]} readOnly /></div></div>;
}
