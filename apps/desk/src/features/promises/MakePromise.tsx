import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useT } from "../../i18n/intl.tsx";
import { useDraft } from "../../shared/draft.ts";
import { newId } from "../../shared/ids.ts";
import { sendOnCtrlEnter } from "../../shared/keys.ts";
import { drawAnother } from "../../shared/once.ts";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useSend } from "../../shared/query.ts";
import { local, picks } from "./times.ts";
import css from "./promises.module.css";

/** About a ticket, which says whose it is and in which project; or to a client, in one of the projects there are. */
type About = { ticketId: string } | { clientId: string; projects: { value: string; label: string }[] };
interface Props { about: About; onMade?: () => void; onCancel?: () => void }

export function MakePromise({ about, onMade, onCancel }: Props) {
  const t = useT();
  const [key, projects] = "ticketId" in about ? [about.ticketId, []] : [`client:${about.clientId}`, about.projects];
  const { draft, set, forget } = useDraft(`promise:${key}`, () => ({ id: newId(), text: "", due: "", project: "" }));
  const make = useSend("makePromise", ["ticketPromises", "clientPromises", "listPromises", "promiseFigures"], { onSuccess: () => { forget(); onMade?.(); }, onError: drawAnother(set) });
  const project = draft.project || (projects.length === 1 ? projects[0]!.value : "");
  const isReady = draft.text.trim() !== "" && draft.due !== "" && (projects.length === 0 || project !== "");
  const to = "ticketId" in about ? { ticketId: about.ticketId } : { clientId: about.clientId, projectKey: project };
  const send = () => { if (isReady) make.mutate({ body: { ...to, id: draft.id, text: draft.text, dueAt: new Date(draft.due).toISOString() } }); };
  const [textWrong, dueWrong, projectWrong] = [fieldError(make.error, "text"), fieldError(make.error, "dueAt"), fieldError(make.error, "projectKey")];
  return (
    <form className={css.make} aria-label={t("promises.make")} onSubmit={(event) => { event.preventDefault(); send(); }} onKeyDown={sendOnCtrlEnter(send)}>
      <Textarea label={t("promises.what")} placeholder={t("promises.example")} autosize minRows={1} maxRows={4} maxLength={500} value={draft.text} onChange={(event) => set({ text: event.currentTarget.value })} error={textWrong} />
      {projects.length > 1 && <Select label={t("promises.project")} data={projects} value={project || null} onChange={(value) => set({ project: value ?? "" })} allowDeselect={false} error={projectWrong} />}
      <div className={css.picks} role="group" aria-label={t("promises.due")}>
        {picks(new Date()).map(({ key: pick, at }) => <button key={pick} type="button" aria-pressed={draft.due === local(at)} onClick={() => set({ due: local(at) })}>{t(`promises.pick.${pick}` as const)}</button>)}
      </div>
      <TextInput type="datetime-local" label={t("promises.due")} value={draft.due} onChange={(event) => set({ due: event.currentTarget.value })} error={dueWrong} />
      {!textWrong && !dueWrong && (projects.length < 2 || !projectWrong) && <ProblemNote error={make.error} />}
      <div className="row"><Button type="submit" loading={make.isPending} disabled={!isReady}>{t("promises.make")}</Button>{onCancel && <Button variant="subtle" onClick={onCancel}>{t("do.cancel")}</Button>}</div>
    </form>
  );
}
