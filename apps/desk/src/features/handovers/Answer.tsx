import type { HandoverView } from "@linija/server/contract/handovers/handovers";
import { Button, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useDraft } from "../../shared/draft.ts";
import { keysOf, useKey } from "../../shared/keys.ts";
import { Keys } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { refresh, useSend } from "../../shared/query.ts";
import css from "./handovers.module.css";

const touched = ["listHandovers", "ticketHandovers", "getTicket", "listTickets", "clientTimeline", "handoverFigures"] as const;

/** Take it, or say why not; the keys belong to the panel that is shown on every screen. */
export function Answer({ handover, withKeys = false, opens = false }: { handover: HandoverView; withKeys?: boolean; /** The ticket is opened once it is taken. */ opens?: boolean }) {
  const t = useT();
  const navigate = useNavigate();
  const [refusing, setRefusing] = useState(false);
  const take = useSend("takeHandover", [...touched], {
    onSuccess: () => { if (opens) void navigate({ to: "/tickets/$id", params: { id: handover.ticket.id } }); },
    onError: () => refresh([...touched]),
  });
  const takeIt = () => { if (!take.isPending) take.mutate({ params: { id: handover.id } }); };
  useKey("takeHandover", takeIt, withKeys && handover.mayTake);
  useKey("refuseHandover", () => setRefusing(true), withKeys && handover.isMine);
  if (refusing) return <Refuse handover={handover} onClose={() => setRefusing(false)} />;
  return (
    <div className={css.answer}>
      <Button size="compact-md" loading={take.isPending} onClick={takeIt}>{t(handover.kind === "consult" ? "consult.accept" : "handover.take")}{withKeys && <span className={css.keys}><Keys combo={keysOf("takeHandover")[0] ?? ""} /></span>}</Button>
      {handover.isMine && <Button size="compact-md" variant="default" onClick={() => setRefusing(true)}>{t("handover.refuse")}{withKeys && <span className={css.quietKeys}><Keys combo={keysOf("refuseHandover")[0] ?? ""} /></span>}</Button>}
      <ProblemNote error={take.error} />
    </div>
  );
}

/** The reason is told to who gave it, and to who leads; it stays typed until it has arrived. */
function Refuse({ handover, onClose }: { handover: HandoverView; onClose: () => void }) {
  const t = useT();
  const { draft, set, forget } = useDraft(`handover-refusal:${handover.id}`, () => ({ reason: "" }));
  const refuse = useSend("refuseHandover", [...touched], { onSuccess: () => { forget(); onClose(); } });
  return (
    <form className={css.refuse} onSubmit={(event) => { event.preventDefault(); if (draft.reason.trim() !== "") refuse.mutate({ params: { id: handover.id }, body: { reason: draft.reason } }); }}>
      <TextInput label={t("handover.refuseWhy")} maxLength={500} autoFocus value={draft.reason} onChange={(event) => set({ reason: event.currentTarget.value })} onKeyDown={(event) => { if (event.key === "Escape") { event.stopPropagation(); onClose(); } }} error={fieldError(refuse.error, "reason")} />
      <div className="row"><Button type="submit" size="compact-md" loading={refuse.isPending} disabled={draft.reason.trim() === ""}>{t("handover.refuse")}</Button><Button size="compact-md" variant="default" onClick={onClose}>{t("do.cancel")}</Button></div>
      <ProblemNote error={refuse.error} />
    </form>
  );
}
