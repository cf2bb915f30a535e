import { Button } from "@mantine/core";
import { useT } from "../../i18n/intl.tsx";
import type { usePages } from "../../shared/query.ts";
import { RunLine } from "./History.tsx";
import css from "./rules.module.css";

/** Under "Why?": which rules touched this ticket, what they set and from which inputs. */
export default function TicketRules({ list }: { list: ReturnType<typeof usePages<"listTicketRuns">> }) {
  const t = useT();
  return (
    <section className={css.block} aria-labelledby="ticket-rules">
      <h3 id="ticket-rules">{t("rules.onTicket")}</h3>
      {list.items?.map((run) => <RunLine key={run.id} run={run} />)}
      {list.hasNextPage && <Button size="compact-xs" variant="subtle" onClick={() => void list.fetchNextPage()}>{t("rules.more")}</Button>}
    </section>
  );
}
