import type { ClientView } from "@linija/server/contract/clients/clients";
import { Button } from "@mantine/core";
import { IconChevronDown, IconHeartHandshake } from "@tabler/icons-react";
import { lazy, Suspense, useId, useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useNow } from "../../shared/clock.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { useTypes } from "../tickets/useTypes.ts";
import { countsAt } from "./counts.ts";
import css from "./promises.module.css";

const MakePromise = lazy(() => import("./MakePromise.tsx").then(({ MakePromise }) => ({ default: MakePromise })));
const PromiseList = lazy(() => import("./PromiseList.tsx").then(({ PromiseList }) => ({ default: PromiseList })));

/** What the company owes this client by its word: one line on the card, all of it by a press. */
export function ClientPromises({ client }: { client: Pick<ClientView, "id" | "projects" | "archived"> }) {
  const t = useT();
  const me = useMe();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const { data, error, refetch } = useApi("clientPromises", { params: { id: client.id } });
  const mayPromise = may(me, "clients.write") && !client.archived;
  return (
    <div className={css.ofClient}>
      <button type="button" className={css.line} aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        <IconHeartHandshake size={15} aria-hidden /><span className="grow">{t("promises.title")}</span>{data && <Counts promises={data.items} />}<IconChevronDown size={15} className={css.turn} aria-hidden />
      </button>
      <div id={id} hidden={!isOpen}>
        {isOpen && error && !data && <ProblemNote error={error} onRetry={() => void refetch()} />}
        {isOpen && !data && !error && <Skeleton rows={1} height={64} />}
        {isOpen && data && mayPromise && <NewPromise client={client} />}
        {isOpen && data?.items.length === 0 && <Empty text={t("promises.noneOfClient")} />}
        {isOpen && data && data.items.length > 0 && <Suspense fallback={<Skeleton rows={1} height={64} />}><PromiseList promises={data.items} about="ticket" mayClose={may(me, "tickets.note")} /></Suspense>}
      </div>
    </div>
  );
}

/** To a client without a ticket, in a project of theirs that is mine too. */
function NewPromise({ client }: { client: Pick<ClientView, "id" | "projects"> }) {
  const t = useT();
  const { projects } = useTypes({ projectKey: null });
  const [isMaking, setMaking] = useState(false);
  const known = projects.filter(({ key, types }) => (client.projects.length === 0 || client.projects.includes(key)) && types.some(({ registrable }) => registrable));
  const choices = known.map(({ key, name }) => ({ value: key, label: name }));
  if (choices.length === 0) return null;
  if (!isMaking) return <Button size="compact-sm" variant="light" leftSection={<IconHeartHandshake size={14} />} onClick={() => setMaking(true)}>{t("promises.begin")}</Button>;
  return <Suspense fallback={<Skeleton rows={2} height={64} />}><MakePromise about={{ clientId: client.id, projects: choices }} onMade={() => setMaking(false)} onCancel={() => setMaking(false)} /></Suspense>;
}

function Counts({ promises }: { promises: Parameters<typeof countsAt>[0] }) {
  const t = useT();
  const { late, open } = countsAt(promises, useNow());
  if (late + open === 0) return <span className="dim">{t("promises.noneOpen")}</span>;
  return <>{late > 0 && <span className="chip danger num">{t("promises.lateCount", { count: late })}</span>}{open > 0 && <span className="chip num">{t("promises.openCount", { count: open })}</span>}</>;
}
