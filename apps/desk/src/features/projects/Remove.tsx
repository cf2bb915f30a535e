import type { TextUses } from "@linija/server/contract/declarations/declarations.remove";
import { Button, Modal, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconTrash } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { useRefusal, useUndo } from "../../shared/toast.tsx";
import { MANY, TOUCHED } from "./kinds.ts";
import css from "./projects.module.css";

interface Props { projectKey: string; path: string; kind: string; /** The version in use. */ current: number }

/** Only texts of which a project has many: the others it cannot be without. */
export function RemoveButton(props: Props) {
  const t = useT();
  const [asked, setAsked] = useState(false);
  if (!MANY.includes(props.kind) || props.current === 0) return null;
  return (
    <>
      <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconTrash size={14} aria-hidden />} onClick={() => setAsked(true)}>{t("do.remove")}</Button>
      {asked && <RemoveBox {...props} onClose={() => setAsked(false)} />}
    </>
  );
}

/** Asked first, for it reaches clients at once: what depends on it, what forbids it, and that it can be taken back. */
function RemoveBox({ projectKey, path, kind, onClose }: Props & { onClose: () => void }) {
  const t = useT();
  const undoable = useUndo();
  const refuse = useRefusal();
  const name = path.slice(kind.length + 1).replace(/\.yaml$/, "");
  const [note, setNote] = useState("");
  const { data, error, refetch } = useApi("textUses", { params: { key: projectKey }, query: { path } }, { staleTime: 0, gcTime: 0 });
  const back = useSend("takeBackText", TOUCHED, { onError: refuse });
  const remove = useSend("removeText", TOUCHED, { onSuccess: ({ number }) => {
    onClose();
    undoable(t("projects.removedDone", { name }), () => back.mutate({ params: { key: projectKey }, body: { path, to: number - 1, number, note: t("projects.takenBack", { number: number - 1 }) } }));
  } });
  const mayRemove = data !== undefined && data.problems.length === 0 && !data.isHeld;
  return (
    <Modal opened onClose={onClose} size={560} title={<b>{t("projects.remove.title", { name })}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>
      <form className="stack" onSubmit={(event) => { event.preventDefault(); if (data && mayRemove) remove.mutate({ params: { key: projectKey }, body: { path, number: data.number, note } }); }}>
        <ProblemNote error={error} onRetry={() => void refetch()} />
        {!data && !error && <Skeleton rows={4} height={24} />}
        {data && <Uses uses={data} kind={kind} />}
        {mayRemove && <p className="dim small">{t("projects.remove.hint")}</p>}
        {mayRemove && <TextInput size="xs" label={t("projects.note")} value={note} maxLength={500} onChange={(event) => setNote(event.currentTarget.value)} data-autofocus />}
        {remove.error && <ProblemNote error={remove.error} />}
        <div className="row between"><span /><span className="row"><Button variant="default" onClick={onClose}>{t("do.cancel")}</Button>{mayRemove && <Button type="submit" color="red" loading={remove.isPending}>{t("do.remove")}</Button>}</span></div>
      </form>
    </Modal>
  );
}

function Uses({ uses, kind }: { uses: TextUses; kind: string }) {
  const t = useT();
  const isFree = uses.types.length === 0 && uses.openTickets === 0 && uses.places.length === 0 && uses.problems.length === 0;
  const refusals = uses.problems;
  return (
    <>
      {uses.isHeld && <Refused><b>{t("projects.remove.held", { count: uses.openTickets })}</b></Refused>}
      {refusals.length > 0 && <Refused><b>{t("projects.remove.refused")}</b><ul>{refusals.map((problem, index) => <li key={index}><code>{problem.file}{problem.line ? `:${problem.line}` : ""}</code> {problem.message}</li>)}</ul></Refused>}
      {uses.common && <p>{t("projects.remove.common")}</p>}
      {isFree && <p>{t("projects.remove.nothing")}</p>}
      {uses.types.length > 0 && <Part name={t("projects.remove.types")}><span className="row wrap">{uses.types.map((type) => <span key={`${type.project} ${type.key}`} className="chip">{type.name}{new Set(uses.types.map(({ project }) => project)).size > 1 && ` · ${type.project}`}</span>)}</span></Part>}
      {uses.openTickets > 0 && !uses.isHeld && <Part name={t("projects.remove.tickets")}>{t(kind === "forms" ? "projects.remove.forms" : "projects.remove.processes", { count: uses.openTickets })}</Part>}
      {uses.places.length > 0 && <Part name={t("projects.remove.places")}><ul className={css.uses}>{uses.places.map((place) => <li key={`${place.file}:${place.line}`}><span className="dim small">{place.file}:{place.line}</span><code>{place.text}</code></li>)}</ul>{uses.placesCount > uses.places.length && <span className="dim small">{t("projects.remove.more", { count: uses.placesCount - uses.places.length })}</span>}</Part>}
    </>
  );
}

const Refused = ({ children }: { children: ReactNode }) => <div role="alert" className={`row ${css.refused}`}><IconAlertTriangle size={16} aria-hidden /><div>{children}</div></div>;
const Part = ({ name, children }: { name: string; children: ReactNode }) => <section className="stack-s"><h3 className={css.part}>{name}</h3>{children}</section>;
