import { IconChevronDown, IconHeartHandshake } from "@tabler/icons-react";
import { lazy, Suspense, useId, useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useNow } from "../../shared/clock.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { countsAt } from "./counts.ts";
import css from "./promises.module.css";

const PromiseList = lazy(() => import("./PromiseList.tsx").then(({ PromiseList }) => ({ default: PromiseList })));

/** What the company owes this client by its word: one line on the card, all of it by a press. */
export function ClientPromises({ clientId }: { clientId: string }) {
  const t = useT();
  const me = useMe();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const { data, error, refetch } = useApi("clientPromises", { params: { id: clientId } });
  return (
    <div className={css.ofClient}>
      <button type="button" className={css.line} aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        <IconHeartHandshake size={15} aria-hidden /><span className="grow">{t("promises.title")}</span>{data && <Counts promises={data.items} />}<IconChevronDown size={15} className={css.turn} aria-hidden />
      </button>
      <div id={id} hidden={!isOpen}>
        {isOpen && error && !data && <ProblemNote error={error} onRetry={() => void refetch()} />}
        {isOpen && !data && !error && <Skeleton rows={1} height={64} />}
        {isOpen && data?.items.length === 0 && <Empty text={t("promises.noneOfClient")} />}
        {isOpen && data && data.items.length > 0 && <Suspense fallback={<Skeleton rows={1} height={64} />}><PromiseList promises={data.items} about="ticket" mayClose={may(me, "tickets.note")} /></Suspense>}
      </div>
    </div>
  );
}

function Counts({ promises }: { promises: Parameters<typeof countsAt>[0] }) {
  const t = useT();
  const { late, open } = countsAt(promises, useNow());
  if (late + open === 0) return <span className="dim">{t("promises.noneOpen")}</span>;
  return <>{late > 0 && <span className="chip danger num">{t("promises.lateCount", { count: late })}</span>}{open > 0 && <span className="chip num">{t("promises.openCount", { count: open })}</span>}</>;
}
