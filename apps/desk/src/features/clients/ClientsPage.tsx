import type { ClientRow } from "@linija/server/contract/clients/clients";
import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconAddressBook, IconPlus, IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { languageNames, useT, useWord } from "../../i18n/intl.tsx";
import { Moment, useZone } from "../../shared/clock.tsx";
import { reveal } from "../../shared/focus.ts";
import { useKey } from "../../shared/keys.ts";
import { Pages } from "../../shared/pages.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { usePages } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { ClientForm } from "./ClientForm.tsx";
import { ClientPanel } from "./ClientPanel.tsx";
import css from "./clients.module.css";

export function ClientsPage() {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate();
  const { client: open } = useSearch({ from: "/clients" });
  const [text, setText] = useState("");
  const [wanted] = useDebouncedValue(text.trim(), 120);
  const box = useRef<HTMLInputElement>(null);
  const list = usePages("searchClients", { query: { text: wanted || undefined } });
  const show = (id: string | undefined) => void navigate({ to: "/clients", search: { client: id } });
  useKey("search", () => box.current?.focus());
  const tools = (
    <>
      <TextInput ref={box} className={css.searchBox} leftSection={<IconSearch size={15} />} placeholder={t("clients.search")} aria-label={t("clients.search")} value={text} onChange={(event) => setText(event.currentTarget.value)} autoFocus />
      {may(me, "clients.write") && <Button leftSection={<IconPlus size={15} />} onClick={() => show("new")}>{t("client.new")}</Button>}
    </>
  );
  return (
    <Page wide title={t("nav.clients")} tools={tools}>
      <div className={css.split} data-open={open !== undefined || undefined}>
        <div className={`panel ${css.listPanel}`}>
          <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
          {!list.items && !list.error && <Skeleton rows={10} height={40} />}
          {list.items?.length === 0 && <Empty icon={<IconAddressBook size={22} />} text={t(wanted ? "clients.notFound" : "clients.empty")} action={may(me, "clients.write") && <Button variant="default" onClick={() => show("new")}>{t("client.new")}</Button>} />}
          {list.items && list.items.length > 0 && (
            <Pages key={wanted} place={`clients:${wanted}`} head={<Head />} label={t("nav.clients")} items={list.items} rowHeight={48} keyOf={(row) => row.id} onOpen={(row) => show(row.id)}
              row={(row, chosen, tabIndex) => <Row row={row} chosen={chosen || row.id === open} tabIndex={tabIndex} onOpen={() => show(row.id)} />}
              more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() }} />
          )}
        </div>
        {open === "new" && <div className={`panel ${css.detail}`}><div className={css.side}><section className={css.card}><h2>{t("client.new")}</h2></section><div className={`scroll ${css.tab}`}><ClientForm onDone={(client) => show(client.id)} projects={me.projects} /></div></div></div>}
        {open && open !== "new" && <div key={open} ref={reveal} className={`panel ${css.detail}`}><ClientPanel clientId={open} /></div>}
      </div>
    </Page>
  );
}

function Head() {
  const t = useT();
  const zone = useZone();
  return <div className={css.clientRow}><span>{t("col.client")}</span><span>{t("client.phones")}</span><span>{t("client.emails")}</span><span>{t("address.city")}</span><span>{t("client.language")}</span><span>{t("col.tickets")}</span><span title={t("time.zone", { zone })}>{t("col.changed")}</span></div>;
}

function Row({ row, chosen, tabIndex, onOpen }: { row: ClientRow; chosen: boolean; tabIndex: number; onOpen: () => void }) {
  const t = useT();
  const word = useWord();
  return (
    <button type="button" tabIndex={tabIndex} className={css.clientRow} data-chosen={chosen || undefined} onClick={onOpen}>
      <span className="row"><span className="cut strong">{row.name}</span>{row.flags.slice(0, 2).map((flag) => <span key={flag} className="chip warn">{word("flag", flag)}</span>)}</span>
      <span className="cut num">{row.phones[0]}</span>
      <span className="cut dim">{row.emails[0]}</span>
      <span className="cut dim">{row.city}</span>
      <span className="dim">{row.language && languageNames[row.language]}</span>
      <span>{row.openTickets > 0 && <span className="chip accent num">{t("clients.open", { count: row.openTickets })}</span>}</span>
      <span className="dim num"><Moment at={row.updatedAt} /></span>
    </button>
  );
}
