import type { CallView } from "@linija/server/contract/calls/calls";
import { Tabs } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useT, type MessageKey } from "../../i18n/intl.tsx";
import { focusOn } from "../../shared/focus.ts";
import { useKey } from "../../shared/keys.ts";
import { Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { ClientTickets, useClientTickets } from "../tickets/ClientTickets.tsx";
import { RegisterForm } from "../tickets/RegisterForm.tsx";
import { isOpen } from "../tickets/words.ts";
import { Changes } from "./Changes.tsx";
import { ClientCard } from "./ClientCard.tsx";
import { ClientForm } from "./ClientForm.tsx";
import { firstTab, type Tab } from "./firstTab.ts";
import { Story } from "./Story.tsx";
import css from "./clients.module.css";

interface PanelProps { clientId: string; call?: CallView; /** The story stands in the middle already. */ noStory?: boolean; first?: Tab }

/** Who we talk to, and what can be done for them: the right side of every conversation. */
export function ClientPanel({ clientId, call, noStory = false, first }: PanelProps) {
  const t = useT();
  const me = useMe();
  const { data: client, error, refetch } = useApi("getClient", { params: { id: clientId } });
  const tabs: Tab[] = [...(noStory ? [] : ["story" as const]), ...(may(me, "tickets.create") ? ["register" as const] : []), "tickets", "details", ...(may(me, "clients.history") ? ["changes" as const] : [])];
  const [chosen, setTab] = useState<Tab | null>(null);
  useEffect(() => setTab(null), [first, clientId]);
  const { open, atFirst, isPending } = useOpenTickets(clientId);
  const shown = chosen && tabs.includes(chosen) ? chosen : firstTab(tabs, first, call?.direction === "in" ? atFirst : 0);
  useKey("register", () => { setTab("register"); focusOn("register-type"); }, may(me, "tickets.create"));
  // What was read once stays through a lost network: what is being typed beside it stands there.
  if (error && !client) return <div className={css.pad}><ProblemNote error={error} onRetry={() => void refetch()} /></div>;
  // Shown at once in its place: a form that gives way to the tickets would take what was begun in it.
  if (!client || (first === "register" && isPending)) return <Skeleton rows={6} height={36} />;
  return (
    <div className={css.side}>
      <ClientCard client={client} call={call} />
      <Tabs value={shown} onChange={(value) => setTab((value ?? "tickets") as Tab)} className={css.tabs} keepMounted={false}>
        <Tabs.List grow aria-label={t("client.tabs")}>{tabs.map((each) => <Tabs.Tab key={each} value={each}>{t(`client.tab.${each}` satisfies MessageKey)}{each === "tickets" && open > 0 && <span className="num"> {open}</span>}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="story" className={`scroll ${css.tab}`} tabIndex={0}><Story clientId={client.id} narrow /></Tabs.Panel>
        <Tabs.Panel value="register" className={`scroll ${css.tab}`}><RegisterForm key={call?.id ?? client.id} client={client} call={call} /></Tabs.Panel>
        <Tabs.Panel value="tickets" className={`scroll ${css.tab}`}><ClientTickets clientId={client.id} /></Tabs.Panel>
        <Tabs.Panel value="details" className={`scroll ${css.tab}`}><ClientForm key={client.id} client={client} readOnly={!may(me, "clients.write")} /></Tabs.Panel>
        <Tabs.Panel value="changes" className={`scroll ${css.tab}`} tabIndex={0}><Changes clientId={client.id} /></Tabs.Panel>
      </Tabs>
    </div>
  );
}

/** How many there are now, and how many there were when the panel opened: one registered meanwhile must not change what is shown. */
function useOpenTickets(clientId: string): { open: number; atFirst: number; isPending: boolean } {
  const { items, isPending } = useClientTickets(clientId);
  const open = items?.filter(isOpen).length ?? 0;
  const atFirst = useRef<number | null>(null);
  if (items && atFirst.current === null) atFirst.current = open;
  return { open, atFirst: atFirst.current ?? 0, isPending };
}
