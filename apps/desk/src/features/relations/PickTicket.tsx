import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { useApi } from "../../shared/query.ts";
import { statusTone } from "../tickets/words.ts";
import { offered, wholeNumber, type Offered } from "./pick.ts";
import css from "./relations.module.css";

interface Props {
  /** The ticket another one is looked for. */
  ticket: TicketView;
  label: string;
  /** Only tickets of the same project: others cannot be merged. */
  isSameProject?: boolean;
  error: ReactNode;
  onType: () => void;
  onChoose: (number: string) => void;
  autoFocus?: boolean;
}

const SHOWN = 8;

/** Looks for another ticket by words, number or client; before anything is typed those of the same client stand there. A whole number is taken by Enter. */
export function PickTicket({ ticket, label, isSameProject = false, error, onType, onChoose, autoFocus = false }: Props) {
  const t = useT();
  const [text, setText] = useState("");
  const [words] = useDebouncedValue(text.trim(), 200);
  const isSearch = words.length > 1;
  const found = useApi("findTickets", { query: { filter: JSON.stringify({ text: words, ...(isSameProject && { projects: [ticket.projectKey] }) }), sort: "changed", limit: SHOWN + 1 } }, { enabled: isSearch, retry: false });
  const ofClient = useApi("listTickets", { query: { view: "all", clientId: ticket.clientId ?? undefined, limit: SHOWN + 1 } }, { enabled: !isSearch && ticket.clientId !== null });
  const items = offered(isSearch ? found.data?.items : ticket.clientId ? ofClient.data?.items : [], ticket, isSameProject).slice(0, SHOWN);
  const nothing = isSearch && found.data !== undefined && items.length === 0;
  const enter = () => {
    const number = wholeNumber(text) ?? (items.length === 1 && isSearch ? items[0]!.number : null);
    if (number) onChoose(number);
  };
  return (
    <div className={css.pick}>
      <TextInput label={label} leftSection={<IconSearch size={15} />} placeholder={t("views.search")} data-autofocus={autoFocus || undefined} autoComplete="off" value={text} error={error}
        onChange={(event) => { setText(event.currentTarget.value); onType(); }} onKeyDown={(event) => { if (event.key === "Enter") { event.preventDefault(); enter(); } }} />
      <div role="status" className="small dim">{isSearch && found.data?.instead ? t("views.instead", found.data.instead) : nothing ? t("relations.nothing") : ""}</div>
      {items.length > 0 && (
        <section className={css.group} aria-label={t(isSearch ? "views.search" : "relations.sameClient")}>
          {!isSearch && <h3>{t("relations.sameClient")}</h3>}
          <ul className={css.found}>{items.map((each) => <li key={each.id}><Choice ticket={each} onChoose={() => onChoose(each.number)} /></li>)}</ul>
        </section>
      )}
    </div>
  );
}

function Choice({ ticket, onChoose }: { ticket: Offered; onChoose: () => void }) {
  return (
    <button type="button" className={css.choose} onClick={onChoose}>
      <span className="row between"><span className="num strong">{ticket.number}</span><span className={`chip ${statusTone[ticket.status]}`}><span className="cut">{ticket.stageName}</span></span></span>
      <span className={css.subject}>{ticket.subject}</span>
      <span className="row between small dim"><span className="cut">{ticket.clientName}</span><Moment at={ticket.createdAt} /></span>
    </button>
  );
}
