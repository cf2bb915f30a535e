import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { IconHeartHandshake } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { MakePromise } from "./MakePromise.tsx";
import { PromiseList } from "./PromiseList.tsx";

/** What was said will be done about this ticket, and by when. */
export default function PromisesPanel({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const me = useMe();
  const { data, error, refetch } = useApi("ticketPromises", { params: { id: ticket.id } });
  const mayNote = may(me, "tickets.note");
  if (error && !data) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={2} height={64} />;
  return (
    <div className="stack">
      {mayNote && <MakePromise about={{ ticketId: ticket.id }} />}
      {data.items.length === 0 ? <Empty icon={<IconHeartHandshake size={22} />} text={t("promises.none")} /> : <PromiseList promises={data.items} mayClose={mayNote} />}
    </div>
  );
}
