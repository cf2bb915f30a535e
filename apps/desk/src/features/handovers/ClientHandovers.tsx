import { Link } from "@tanstack/react-router";
import { IconArrowsExchange } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { useApi } from "../../shared/query.ts";
import { Live, Where } from "./HandoverBlock.tsx";
import { HandoverNote, useGiver } from "./HandoverNote.tsx";
import css from "./handovers.module.css";

/** In a talk with somebody whose ticket another accompanies: whose it is, whether they are there, and what was written down for whoever stands in (R074). */
export function ClientHandovers({ clientId }: { clientId: string | null }) {
  const t = useT();
  const giver = useGiver();
  const { data } = useApi("clientHandovers", { params: { id: clientId ?? "" } }, { enabled: clientId !== null });
  if (!data || data.items.length === 0) return null;
  return (
    <section className={css.ofClient} aria-label={t("nav.handovers")}>
      {data.items.map((handover) => (
        <article key={handover.id} className={css.block} data-state={handover.state}>
          <header className={css.blockHead}>
            <IconArrowsExchange size={16} aria-hidden /><Link to="/tickets/$id" params={{ id: handover.ticket.id }} className={css.number}>{handover.ticket.number}</Link>
            <span className="grow">{handover.ticket.subject}</span><span className="small dim"><Moment at={handover.createdAt} /></span>
          </header>
          <div className="small">{handover.owner && <>{t("ticket.owner")}: <b>{handover.owner.name}</b>{handover.ownerPresence && <> ({t(`handover.presence.${handover.ownerPresence}`)})</>} · </>}{handover.state === "waiting" ? <Where handover={handover} /> : giver(handover)}</div>
          <Live handover={handover} />
          <HandoverNote handover={handover} />
        </article>
      ))}
    </section>
  );
}
