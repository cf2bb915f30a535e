import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Tabs, Tooltip } from "@mantine/core";
import { IconUser } from "@tabler/icons-react";
import { Suspense, useState, type ReactNode } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Skeleton } from "../../shared/parts.tsx";
import { useMe } from "../access/session.ts";
import { panelsOf } from "./panels.ts";
import css from "./tickets.module.css";

/** The right column of a ticket: its client first, then what other features have to show. Icons with one word for the open one: nine tabs stand in 360 px. */
export function TicketSide({ ticket, client }: { ticket: TicketView; client: ReactNode }) {
  const t = useT();
  const me = useMe();
  const panels = panelsOf("side", ticket, me);
  const [chosen, setChosen] = useState<string | null>(null);
  if (panels.length === 0) return client;
  const keys = [...(client ? ["client"] : []), ...panels.map(({ key }) => key)];
  const shown = chosen !== null && keys.includes(chosen) ? chosen : keys[0]!;
  return (
    <Tabs value={shown} onChange={setChosen} className={css.sideTabs} keepMounted={false}>
      <Tabs.List className={css.sideList} aria-label={t("client.tabs")}>
        {client && <SideTab value="client" open={shown === "client"} title={t("panel.client")}><IconUser size={17} aria-hidden /></SideTab>}
        {panels.map(({ key, title, icon: Icon, Mark }) => (
          <SideTab key={key} value={key} open={shown === key} title={t(title)}><Icon size={17} aria-hidden />{Mark && <Suspense><Mark ticket={ticket} /></Suspense>}</SideTab>
        ))}
      </Tabs.List>
      {client && <Tabs.Panel value="client" className={css.sidePanel}>{client}</Tabs.Panel>}
      {panels.map(({ key, Panel }) => <Tabs.Panel key={key} value={key} className={`scroll ${css.sidePanel} ${css.sidePad}`}><Suspense fallback={<Skeleton rows={4} height={56} />}><Panel ticket={ticket} /></Suspense></Tabs.Panel>)}
    </Tabs>
  );
}

function SideTab({ value, open, title, children }: { value: string; open: boolean; title: string; children: ReactNode }) {
  return <Tooltip label={title} disabled={open}><Tabs.Tab value={value}><span className={css.sideTab}>{children}<span className={open ? "cut" : "visually-hidden"}>{title}</span></span></Tabs.Tab></Tooltip>;
}

/** What other features show in the middle of a ticket. */
export function TicketBlocks({ ticket, place }: { ticket: TicketView; place: "main" | "top" }) {
  const me = useMe();
  return panelsOf(place, ticket, me).map(({ key, Panel }) => <Suspense key={key} fallback={<Skeleton rows={1} height={64} />}><Panel ticket={ticket} /></Suspense>);
}
