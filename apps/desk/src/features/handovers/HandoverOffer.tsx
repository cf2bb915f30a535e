import type { HandoverView } from "@linija/server/contract/handovers/handovers";
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowsExchange, IconMessageQuestion, IconMinus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useState } from "react";
import { languageNames, useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { useApi } from "../../shared/query.ts";
import { notifyOffer, softChime, withdrawNotification } from "../line/ring.ts";
import { claim } from "../tickets/reminders.ts";
import { ProjectMark } from "../tickets/ProjectMark.tsx";
import { Answer } from "./Answer.tsx";
import { Left, Live } from "./HandoverBlock.tsx";
import { HandoverNote, useGiver } from "./HandoverNote.tsx";
import css from "./handovers.module.css";

/** What is handed over to me, on whatever screen: the one to be answered first, with its ticket, its client and its note. It takes no focus from someone who types. */
export default function HandoverOffer() {
  const t = useT();
  const { data } = useApi("listHandovers", { query: { view: "mine" } });
  const first = data?.items[0];
  const [small, setSmall] = useState<string | null>(null);
  useCall(first);
  const count = data?.items.length ?? 0;
  return (
    <div aria-live="polite">
      {first && (small === first.id
        ? <button type="button" className={css.pill} onClick={() => setSmall(null)}><IconArrowsExchange size={15} aria-hidden />{t("handover.pill", { count })} <Left at={first.offer!.answerBy} /></button>
        : <Card key={first.id} handover={first} others={count - 1} onSmall={() => setSmall(first.id)} />)}
    </div>
  );
}

/** Heard once, at one window of a person, and seen while another program is in front. */
function useCall(first: HandoverView | undefined): void {
  const t = useT();
  const giver = useGiver();
  const id = first?.id;
  const call = useEffectEvent(() => {
    softChime();
    if (first) notifyOffer(t(first.kind === "consult" ? "consult.offerTitle" : "handover.offerTitle"), `${first.ticket.number} · ${giver(first)}`);
  });
  useEffect(() => {
    if (id === undefined || !claim(`handover:${id}`)) return;
    call();
    return withdrawNotification;
  }, [id]);
}

function Card({ handover, others, onSmall }: { handover: HandoverView; others: number; onSmall: () => void }) {
  const t = useT();
  const giver = useGiver()(handover);
  const { ticket, client } = handover;
  const title = t(handover.kind === "consult" ? "consult.offerTitle" : "handover.offerTitle");
  const Icon = handover.kind === "consult" ? IconMessageQuestion : IconArrowsExchange;
  return (
    <section className={css.offer} aria-label={title}>
      <header className={css.offerTop}><Icon size={16} aria-hidden /><b className="grow">{title}</b>{handover.offer && <Left at={handover.offer.answerBy} />}
        <Tooltip label={t("handover.later")}><ActionIcon size={24} variant="subtle" aria-label={t("handover.later")} onClick={onSmall}><IconMinus size={15} /></ActionIcon></Tooltip></header>
      <Live handover={handover} />
      <div className={`scroll ${css.offerBody}`} tabIndex={0} role="region" aria-label={ticket.number}>
        <div className="row wrap">{ticket.opens ? <Link to="/tickets/$id" params={{ id: ticket.id }} className={css.number}>{ticket.number}</Link> : <span className={css.number}>{ticket.number}</span>}<span className="chip">{ticket.stageName}</span><ProjectMark projectKey={handover.projectKey} /></div>
        <div className={css.subject}>{ticket.subject}</div>
        <div className="small dim">{[client?.name, client?.phone, languageNames[ticket.language]].filter(Boolean).join(" · ")}{ticket.dueAt && <> · {t("ticket.due")} <Moment at={ticket.dueAt} /></>}</div>
        <div className="small">{giver}</div>
        <HandoverNote handover={handover} />
      </div>
      <Answer handover={handover} withKeys opens />
      {others > 0 && <Link to="/handovers" className="small">{t("handover.others", { count: others })}</Link>}
    </section>
  );
}
