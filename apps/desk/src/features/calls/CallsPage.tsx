import type { CallView } from "@linija/server/contract/calls/calls";
import { SegmentedControl } from "@mantine/core";
import { IconPhone, IconPhoneIncoming, IconPhoneOutgoing, IconWaveSine } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useT, useWord } from "../../i18n/intl.tsx";
import { Moment, spell, useZone } from "../../shared/clock.tsx";
import { reveal } from "../../shared/focus.ts";
import { Pages } from "../../shared/pages.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { usePages } from "../../shared/query.ts";
import { hasRole, useMe } from "../access/session.ts";
import { callerLine } from "../line/callWord.ts";
import { CallById } from "./CallConversation.tsx";
import css from "./calls.module.css";

const views = { all: {}, mine: { mine: true }, unfinished: { unfinished: true }, abandoned: { outcome: "abandoned" } };
type View = keyof typeof views;

export function CallsPage() {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate();
  const { call: open } = useSearch({ from: "/calls" });
  const [view, setView] = useState<View>(hasRole(me, "supervisor", "administrator") ? "all" : "mine");
  const list = usePages("listCalls", { query: views[view] });
  const show = (call: CallView) => void navigate({ to: "/calls", search: { call: call.id } });
  return (
    <Page wide title={t("nav.calls")} tools={<SegmentedControl size="xs" value={view} onChange={(value) => setView(value as View)} aria-label={t("calls.view")} data={(Object.keys(views) as View[]).map((value) => ({ value, label: t(`calls.view.${value}`) }))} />}>
      <div className={css.split} data-open={open !== undefined || undefined}>
        <div className={`panel ${css.listPanel}`}>
          <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
          {!list.items && !list.error && <Skeleton rows={10} height={40} />}
          {list.items?.length === 0 && <Empty icon={<IconPhone size={22} />} text={t("calls.empty")} />}
          {list.items && list.items.length > 0 && (
            <Pages key={view} place={`calls:${view}`} head={<Head />} label={t("nav.calls")} items={list.items} rowHeight={48} keyOf={(call) => call.id} onOpen={show}
              row={(call, chosen, tabIndex) => <CallRow call={call} chosen={chosen || call.id === open} tabIndex={tabIndex} onOpen={() => show(call)} />}
              more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() }} />
          )}
        </div>
        {open && <div key={open} ref={reveal} className={`panel ${css.detail}`}><CallById id={open} alone /></div>}
      </div>
    </Page>
  );
}

function Head() {
  const t = useT();
  const zone = useZone();
  return <div className={css.callRow}><span /><span>{t("col.client")}</span><span>{t("floor.queue")}</span><span>{t("role.operator")}</span><span>{t("col.result")}</span><span>{t("col.length")}</span><span title={t("time.zone", { zone })}>{t("col.started")}</span></div>;
}

function CallRow({ call, chosen, tabIndex, onOpen }: { call: CallView; chosen: boolean; tabIndex: number; onOpen: () => void }) {
  const t = useT();
  const word = useWord();
  const number = call.direction === "in" ? call.fromNumber : call.toNumber;
  const Icon = call.direction === "in" ? IconPhoneIncoming : IconPhoneOutgoing;
  const talked = call.answeredAt && call.endedAt ? spell(Date.parse(call.endedAt) - Date.parse(call.answeredAt)) : "";
  const missed = call.outcome === "abandoned" || call.outcome === "missed";
  return (
    <button type="button" tabIndex={tabIndex} className={css.callRow} data-chosen={chosen || undefined} onClick={onOpen}>
      <Icon size={17} className={missed ? css.missed : "dim"} aria-label={t(call.direction === "in" ? "call.in" : "call.out")} />
      <span className="stack-s"><span className="cut strong">{call.clientName || number || t("line.unknown")}</span><span className="cut small dim num">{callerLine(call, t)}</span></span>
      <span className="cut dim">{call.queueName}</span>
      <span className="cut dim">{call.operatorName}</span>
      <span className={`chip ${missed ? "danger" : ""}`}><span className="cut">{call.outcome ? word("outcome", call.outcome) : t(`call.${call.state}`)}</span></span>
      <span className="row num">{call.recordingId && <IconWaveSine size={15} aria-label={t("line.recorded")} />}{talked}</span>
      <span className="dim num"><Moment at={call.startedAt} /></span>
    </button>
  );
}
