import type { HandoverView } from "@linija/server/contract/handovers/handovers";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { Moment, spell, useNow } from "../../shared/clock.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { useMe } from "../access/session.ts";
import { Answer } from "./Answer.tsx";
import { Asked, HandoverNote, useGiver } from "./HandoverNote.tsx";
import css from "./handovers.module.css";

/** On top of the ticket: the hand-over that waits, with its answer for who is asked; else the note of the last one, while the work goes on. */
export function HandoverBlock({ ticket }: { ticket: TicketView }) {
  const { data } = useApi("ticketHandovers", { params: { id: ticket.id } });
  const latest = data?.items.find(({ kind, state }) => kind === "handover" && state !== "withdrawn");
  if (!latest || ticket.status === "closed" || (latest.state === "taken" && latest.takenBy?.id !== ticket.ownerId)) return null;
  return <Shown handover={latest} />;
}

function Shown({ handover }: { handover: HandoverView }) {
  const t = useT();
  const giver = useGiver()(handover);
  return (
    <section id="ticket-handover" className={css.block} data-state={handover.state} aria-label={t("handover.button")}>
      <header className={css.blockHead}>
        <IconArrowsExchange size={16} aria-hidden />
        <b className="grow"><Where handover={handover} /></b>
        <span className="small dim">{giver} · <Moment at={handover.createdAt} /></span>
      </header>
      <Live handover={handover} />
      <HandoverNote handover={handover} />
      <Asked handover={handover} />
      {handover.state === "waiting" && (handover.mayTake || handover.mayWithdraw) && <div className="row wrap">{handover.mayTake && <Answer handover={handover} />}{handover.mayWithdraw && <Withdraw handover={handover} />}</div>}
    </section>
  );
}

/** While the client is on the line: the giver stays, or introduces whoever has taken it; others hear who speaks with the client. */
export function Live({ handover: { isLive, state, by, takenBy } }: { handover: HandoverView }) {
  const t = useT();
  const me = useMe();
  if (!isLive || !by || (state !== "waiting" && state !== "taken")) return null;
  const said = by.id !== me.id ? t("handover.onLine", { name: by.name }) : state === "taken" ? t("handover.introduce", { name: takenBy?.name ?? "" }) : t("handover.stay");
  return <p className={css.live} role="status">{said}</p>;
}

export function Where({ handover }: { handover: HandoverView }) {
  const t = useT();
  const { kind, state, offer, takenBy, asked } = handover;
  if (kind === "consult") return <Asking consult={handover} />;
  if (state === "taken") return t("handover.takenBy", { name: takenBy?.name ?? "" });
  if (state === "returned") return asked.length === 1 && asked[0]?.state === "refused" ? t("handover.refusedBack", { name: asked[0].person.name }) : t("handover.returned");
  if (state === "withdrawn") return t("handover.withdrawn");
  return offer ? <>{t("handover.offeredTo", { name: offer.to.name })} <Left at={offer.answerBy} /></> : t("handover.seeking");
}

/** Where a question stands. */
function Asking({ consult: { state, offer, takenBy, asked, answer } }: { consult: HandoverView }) {
  const t = useT();
  const me = useMe();
  if (state === "taken" && takenBy?.id === me.id) return t(answer === null ? "consult.takenByMe" : "consult.answeredByMe");
  if (state === "taken") return t(answer === null ? "consult.takenBy" : "consult.answered", { name: takenBy?.name ?? "" });
  if (state === "returned") return asked.length === 1 && asked[0]?.state === "refused" ? t("consult.refusedBack", { name: asked[0].person.name }) : t("consult.returned");
  if (state === "withdrawn") return t("handover.withdrawn");
  return offer ? <>{t("consult.offeredTo", { name: offer.to.name })} <Left at={offer.answerBy} /></> : t("handover.seeking");
}

/** How long there is to answer. */
export function Left({ at }: { at: string }) {
  const t = useT();
  const now = useNow();
  return <span className={css.left}>{t("handover.left", { time: spell(Date.parse(at) - now) })}</span>;
}

export function Withdraw({ handover }: { handover: HandoverView }) {
  const t = useT();
  const withdraw = useSend("withdrawHandover", ["ticketHandovers", "listHandovers"]);
  return <><Button size="compact-sm" variant="default" loading={withdraw.isPending} onClick={() => withdraw.mutate({ params: { id: handover.id } })}>{t(handover.kind === "consult" ? "consult.withdraw" : "handover.withdraw")}</Button><ProblemNote error={withdraw.error} /></>;
}
