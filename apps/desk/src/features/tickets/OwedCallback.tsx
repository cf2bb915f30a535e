import type { CallView } from "@linija/server/contract/calls/calls";
import { IconPhoneOutgoing } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useT } from "../../i18n/intl.tsx";
import { useApi } from "../../shared/query.ts";
import { Due } from "./Due.tsx";
import css from "./tickets.module.css";

/** Who rings now may wait to be called back: said before the answer and beside the talk, whether or not we know them. It is closed with the talk. */
export function OwedCallback({ call, link = false }: { call: CallView; /** It leads to the ticket. */ link?: boolean }) {
  const t = useT();
  const phone = call.direction === "in" ? call.fromNumber : "";
  const { data } = useApi("listTickets", { query: { view: "callbacks", phone, limit: 5 } }, { enabled: phone !== "" });
  const owed = data?.items.find(({ projectKey, id }) => projectKey === call.projectKey && id !== call.ticketId);
  if (!owed) return null;
  const words = <><IconPhoneOutgoing size={15} aria-hidden /><span className="grow">{t("callback.owed")}{owed.calls > 1 && <> · {t("ticket.called", { count: owed.calls })}</>}</span><Due ticket={owed} /></>;
  return link ? <Link to="/tickets/$id" params={{ id: owed.id }} className={css.owed} title={t("callback.closes")}>{words}</Link> : <p className={css.owed}>{words}</p>;
}
