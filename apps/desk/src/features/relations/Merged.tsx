import type { MergeView } from "@linija/server/contract/relations/relations";
import { Button } from "@mantine/core";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { useSend } from "../../shared/query.ts";
import { say, useRefusal } from "../../shared/toast.tsx";
import { TicketCard } from "./TicketCard.tsx";

export function useUndoMerge(): { undo: (mergeId: string) => void; isPending: boolean } {
  const t = useT();
  const refuse = useRefusal();
  const undo = useSend("undoMerge", ["listRelations", "getTicket", "listTickets", "clientTimeline"], { onError: refuse, onSuccess: () => say(t("relations.undone")) });
  return { undo: (mergeId) => undo.mutate({ params: { id: mergeId } }), isPending: undo.isPending };
}

/** A ticket that was merged into this one; for a day it can be taken out again. */
export function Merged({ merge }: { merge: MergeView }) {
  const t = useT();
  const { undo, isPending } = useUndoMerge();
  return (
    <div className="stack-s">
      <TicketCard ticket={merge.ticket} />
      <div className="row between small dim"><span>{merge.by} · <Moment at={merge.at} /></span>{merge.undoUntil && <Button size="compact-xs" variant="subtle" loading={isPending} onClick={() => undo(merge.id)}>{t("relations.undo")}</Button>}</div>
    </div>
  );
}
