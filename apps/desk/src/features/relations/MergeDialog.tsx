import type { MergePreview } from "@linija/server/contract/relations/relations";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, Modal } from "@mantine/core";
import { IconAlertTriangle, IconArrowDown } from "@tabler/icons-react";
import { useState } from "react";
import { useT, useWord } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Skeleton } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { refresh, useApi, useSend } from "../../shared/query.ts";
import { useUndo } from "../../shared/toast.tsx";
import { useUndoMerge } from "./Merged.tsx";
import { PickTicket } from "./PickTicket.tsx";
import css from "./relations.module.css";

/** Two of one thing become one: looked for by words, number or client, looked at, then done; undone by one press. */
export function MergeDialog({ ticket, number: first, onClose }: { ticket: TicketView; number: string; onClose: () => void }) {
  const t = useT();
  const [number, setNumber] = useState(first);
  const preview = useApi("previewMerge", { params: { id: ticket.id }, query: { number } }, { enabled: number.trim() !== "", retry: false, staleTime: 0 });
  const undo = useUndo();
  const { undo: takeBack } = useUndoMerge();
  const merge = useSend("mergeTicket", ["listRelations", "getTicket", "listTickets", "clientTimeline"], {
    onSuccess: (done) => { onClose(); undo(t("relations.done", { number: done.ticket.number }), () => takeBack(done.id)); },
    onError: () => refresh(["previewMerge"]),
  });
  const wrong = fieldError(preview.error, "number");
  const seen = number.trim() ? preview.data : undefined;
  return (
    <Modal opened onClose={onClose} size="lg" title={<b>{t("relations.mergeTitle", { number: ticket.number })}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>
      <div className="stack">
        {!seen && <PickTicket ticket={ticket} label={t("relations.mergeOther")} isSameProject autoFocus error={wrong} onType={() => setNumber("")} onChoose={setNumber} />}
        {number && preview.isPending && <Skeleton rows={3} height={48} />}
        {!wrong && <ProblemNote error={preview.error} />}
        {seen && <Preview seen={seen} />}
        <ProblemNote error={merge.error} />
        <div className="row between wrap"><span className="small dim">{t("relations.undoHint")}</span>
          <div className="row">{seen && <Button variant="subtle" onClick={() => setNumber("")}>{t("relations.mergeAnother")}</Button>}<Button variant="default" onClick={onClose}>{t("do.cancel")}</Button>
            <Button disabled={!seen || seen.refused !== null} loading={merge.isPending} onClick={() => seen && merge.mutate({ params: { id: ticket.id }, body: { goneId: seen.gone.id, keptVersion: seen.kept.version, goneVersion: seen.gone.version } })}>{t("relations.mergeNow")}</Button></div>
        </div>
      </div>
    </Modal>
  );
}

function Preview({ seen }: { seen: MergePreview }) {
  const t = useT();
  const word = useWord();
  const side = (ticket: MergePreview["kept"], title: string) => (
    <div className={css.side}><span className="small dim">{title}</span><span className="row between wrap"><b className="num">{ticket.number}</b><span className="small dim"><Moment at={ticket.createdAt} /></span></span><span>{ticket.subject}</span><span className="small dim">{[ticket.clientName, ticket.stageName, ticket.ownerName].filter(Boolean).join(" · ")}</span></div>
  );
  if (seen.refused) return <div className={css.refused} role="alert"><IconAlertTriangle size={17} aria-hidden /><span>{seen.refused.message}</span></div>;
  const listed = (counts: Readonly<Record<string, number>>): string => Object.entries(counts).filter(([, count]) => count > 0).map(([kind, count]) => `${word("carried", kind)} (${count})`).join(", ");
  const [carried, staying] = [listed(seen.carries), listed(seen.stays)];
  return (
    <div className="stack">
      <div className={css.pair}>{side(seen.gone, t("relations.gone"))}<IconArrowDown size={18} aria-hidden />{side(seen.kept, t("relations.kept"))}</div>
      <p>{carried ? t("relations.carries", { what: carried }) : t("relations.carriesNothing")} {seen.takesClient && t("relations.takesClient")} {t("relations.oldNumber")}</p>
      {staying && <p>{t("relations.stays", { what: staying })}</p>}
      {seen.warnings.map((warning) => <p key={warning} className={css.warning}><IconAlertTriangle size={15} aria-hidden /><span>{word("merge", warning)}</span></p>)}
    </div>
  );
}
