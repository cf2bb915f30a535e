import { Button, Modal, Select, Textarea, TextInput } from "@mantine/core";
import { IconGavel } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import type { Input } from "../../shared/api.ts";
import { useDraft } from "../../shared/draft.ts";
import { newId } from "../../shared/ids.ts";
import { MomentInput } from "../../shared/MomentInput.tsx";
import { drawAnother } from "../../shared/once.ts";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { useNews } from "../../shared/toast.tsx";

type Report = Omit<Input<"writeDecision">["body"], "id" | "what" | "why" | "ownerId" | "dueAt">;

/** What was decided from the report that is shown; the report as it is at that moment goes with it (R219). */
export function WriteDecision({ report }: { report: Report }) {
  const t = useT();
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  if (!may(me, "reports.decide")) return null;
  return (
    <>
      <Button leftSection={<IconGavel size={15} aria-hidden />} onClick={() => setOpen(true)}>{t("decision.write")}</Button>
      {isOpen && <Modal opened size={520} onClose={() => setOpen(false)} title={<b>{t("decision.write")}</b>} closeButtonProps={{ "aria-label": t("do.close") }}><Form report={report} onDone={() => setOpen(false)} /></Modal>}
    </>
  );
}

const nothing = () => ({ id: newId(), what: "", why: "", ownerId: null as string | null, due: "" });
/** Who can carry something out; management decides and does not move tickets. */
const DOERS = ["operator", "supervisor", "department_worker"];

function Form({ report, onDone }: { report: Report; onDone: () => void }) {
  const t = useT();
  const tell = useNews();
  const navigate = useNavigate();
  const { draft, set, forget } = useDraft(`decision:${report.project}`, nothing);
  const people = useApi("listColleagues", null, { staleTime: 5 * 60_000 }).data?.items.filter(({ projects, roles }) => projects.includes(report.project) && roles.some((role) => DOERS.includes(role))) ?? [];
  const write = useSend("writeDecision", ["listTickets", "findTickets"], {
    onError: drawAnother(set),
    onSuccess: ({ ticketId, number }) => {
      forget();
      onDone();
      tell(t("decision.written", { number }), () => void navigate({ to: "/tickets/$id", params: { id: ticketId } }));
    },
  });
  const isWhole = draft.what.trim() !== "" && draft.why.trim() !== "" && draft.ownerId !== null && draft.due !== "" && !Number.isNaN(Date.parse(draft.due));
  const send = () => { if (isWhole) write.mutate({ body: { ...report, id: draft.id, what: draft.what, why: draft.why, ownerId: draft.ownerId!, dueAt: new Date(draft.due).toISOString() } }); };
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <TextInput data-autofocus required label={t("decision.what")} maxLength={200} value={draft.what} onChange={(event) => set({ what: event.currentTarget.value })} error={fieldError(write.error, "what")} />
      <Textarea required label={t("decision.why")} maxLength={4000} autosize minRows={3} maxRows={10} value={draft.why} onChange={(event) => set({ why: event.currentTarget.value })} error={fieldError(write.error, "why")} />
      <Select required searchable label={t("decision.owner")} data={people.map(({ id, name }) => ({ value: id, label: name }))} value={draft.ownerId} onChange={(ownerId) => set({ ownerId })} error={fieldError(write.error, "ownerId")} />
      <MomentInput required label={t("decision.due")} value={draft.due} onChange={(due) => set({ due })} error={fieldError(write.error, "dueAt")} />
      <p className="small dim">{t("decision.hint")}</p>
      {!fieldError(write.error, "what", "why", "ownerId", "dueAt") && <ProblemNote error={write.error} />}
      <div className="row"><Button type="submit" disabled={!isWhole} loading={write.isPending}>{t("decision.save")}</Button></div>
    </form>
  );
}
