import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button } from "@mantine/core";
import { EditorTexts, useT } from "../../i18n/intl.tsx";
import { usePages } from "../../shared/query.ts";
import { RunLine } from "./History.tsx";
import css from "./rules.module.css";

/** "Why?": which rules touched this ticket, what they set and from which inputs. Nothing where none did. */
export default function TicketRules({ ticket }: { ticket: TicketView }) {
  return <EditorTexts><Runs id={ticket.id} /></EditorTexts>;
}

function Runs({ id }: { id: string }) {
  const t = useT();
  const list = usePages("listTicketRuns", { params: { id }, query: {} });
  if (!list.items || list.items.length === 0) return null;
  return (
    <section className={css.block} aria-labelledby="ticket-rules">
      <h2 id="ticket-rules">{t("rules.onTicket")}</h2>
      {list.items.map((run) => <RunLine key={run.id} run={run} />)}
      {list.hasNextPage && <Button size="compact-xs" variant="subtle" onClick={() => void list.fetchNextPage()}>{t("rules.more")}</Button>}
    </section>
  );
}
