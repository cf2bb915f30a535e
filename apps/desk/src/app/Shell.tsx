import type { Me } from "@linija/server/contract/access/access";
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { hasRole, homeOf, may, useMe } from "../features/access/session.ts";
import type { Unsent } from "../features/forms/outbox.ts";
import { LineProvider, useLine } from "../features/line/line.tsx";
import { OfferCard } from "../features/line/OfferCard.tsx";
import { SoundElsewhere } from "../features/line/SoundElsewhere.tsx";
import { useLineKeys } from "../features/line/useLineKeys.ts";
import { useHandovers } from "../features/handovers/useHandovers.ts";
import { useReminders } from "../features/tickets/reminders.ts";
import { useT } from "../i18n/intl.tsx";
import { listenToKeys, useKey } from "../shared/keys.ts";
import { onAlert, startLive } from "../shared/realtime.ts";
import { useNews } from "../shared/toast.tsx";
import { LinkBar } from "./LinkBar.tsx";
import { Nowhere } from "./Nowhere.tsx";
import { places, Rail } from "./Rail.tsx";
import { TopBar } from "./TopBar.tsx";
import css from "./shell.module.css";

const loadBar = () => import("./CommandBar.tsx");
const CommandBar = lazy(loadBar);
const HandoverOffer = lazy(() => import("../features/handovers/HandoverOffer.tsx"));
const KeysHelp = lazy(() => import("./KeysHelp.tsx"));

export function Shell() {
  useEffect(startLive, []);
  useEffect(listenToKeys, []);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const me = useMe();
  if (path === "/wall" && hasRole(me, "supervisor", "administrator", "management")) return <LineProvider><Outlet /></LineProvider>;
  return <LineProvider><Frame path={path} /></LineProvider>;
}

function Frame({ path }: { path: string }) {
  const me = useMe();
  const navigate = useNavigate();
  const [bar, setBar] = useState(false);
  const [help, setHelp] = useState(false);
  // Ctrl+K is followed by typing at once: its code must be there before.
  useEffect(() => { const idle = setTimeout(() => void loadBar(), 1500); return () => clearTimeout(idle); }, []);
  useEffect(() => { if (path === "/") void navigate({ to: homeOf(me), replace: true }); }, [path, me, navigate]);
  useKey("palette", () => setBar(true));
  useKey("help", () => setHelp(true));
  useGoKeys();
  useLineKeys();
  useAlerts(path);
  useReminders();
  const handedOver = useHandovers(path);
  useOutbox(me.id);
  useReady();
  return (
    <div className={css.shell}>
      <TopBar onSearch={() => setBar(true)} onHelp={() => setHelp(true)} />
      <LinkBar />
      {hasRole(me, "operator") && <SoundElsewhere />}
      <div className={css.below}>
        <Rail />
        <div className={css.outlet}>{isBarred(me, path) ? <Nowhere barred /> : <Outlet />}</div>
      </div>
      {hasRole(me, "operator") && <OfferCard />}
      <Suspense>
        {handedOver && <HandoverOffer />}
        {bar && <CommandBar onClose={() => setBar(false)} />}
        {help && <KeysHelp onClose={() => setHelp(false)} />}
      </Suspense>
    </div>
  );
}

/** For comfort only: the server refuses what the page would ask for. */
const isBarred = (me: Me, path: string) => path === "/wall" || places.some((place) => path.startsWith(place.to) && !hasRole(me, ...place.roles));

function useOutbox(userId: string): void {
  const t = useT();
  const tell = useNews();
  const navigate = useNavigate();
  const told = useRef<Unsent>(() => undefined);
  told.current = ({ subject }) => tell(t("forms.unsent"), subject?.kind === "ticket" ? () => void navigate({ to: "/tickets/$id", params: { id: subject.id } }) : undefined);
  useEffect(() => {
    let stop: (() => void) | null = null;
    let isGone = false;
    const idle = setTimeout(() => void import("../features/forms/outbox.ts").then(({ startOutbox }) => { if (!isGone) stop = startOutbox(userId, (kept) => told.current(kept)); }), 3_000);
    return () => { isGone = true; clearTimeout(idle); stop?.(); };
  }, [userId]);
}

function useGoKeys(): void {
  const navigate = useNavigate();
  const me = useMe();
  useKey("goWork", () => void navigate({ to: "/work" }), hasRole(me, "operator"));
  useKey("goCalls", () => void navigate({ to: "/calls" }), hasRole(me, "operator", "supervisor", "administrator"));
  useKey("goTickets", () => void navigate({ to: "/tickets" }));
  useKey("goClients", () => void navigate({ to: "/clients" }), hasRole(me, "operator", "supervisor", "administrator", "management"));
  useKey("goFloor", () => void navigate({ to: "/floor" }), hasRole(me, "supervisor", "administrator", "management"));
  useKey("goDepartment", () => void navigate({ to: "/department" }), hasRole(me, "department_worker"));
  useKey("goOperators", () => void navigate({ to: "/operators" }), hasRole(me, "supervisor", "administrator", "management"));
  useKey("goRules", () => void navigate({ to: "/rules" }), hasRole(me, "supervisor", "administrator", "management"));
  useKey("goReports", () => void navigate({ to: "/reports" }), hasRole(me, "supervisor", "administrator", "management"));
  useKey("goPromises", () => void navigate({ to: "/promises" }), hasRole(me, "operator", "supervisor", "management"));
  useKey("goLoad", () => void navigate({ to: "/load" }), hasRole(me, "supervisor"));
  useKey("goHandovers", () => void navigate({ to: "/handovers" }));
  useKey("goDuties", () => void navigate({ to: "/duties" }), hasRole(me, "operator", "supervisor", "department_worker", "administrator"));
  useKey("goProjects", () => void navigate({ to: "/projects" }), hasRole(me, "administrator"));
  useKey("goAdmin", () => void navigate({ to: "/admin" }), hasRole(me, "administrator"));
  useKey("goSettings", () => void navigate({ to: "/settings" }));
}

/** On the floor itself the list of alerts tells it. */
function useAlerts(path: string): void {
  const t = useT();
  const tell = useNews();
  const navigate = useNavigate();
  useEffect(() => onAlert(({ key, params, ticketId }) => {
    const known = alertTexts.find((each) => each === key.replace(/^alert_/, "")) ?? "ticket";
    if (path !== "/floor") tell(t(`alert.${known}`, params), ticketId ? () => void navigate({ to: "/tickets/$id", params: { id: ticketId } }) : undefined);
  }), [t, tell, navigate, path]);
}
const alertTexts = ["ticket", "ticket_late", "ticket_reopened", "notice_failed", "promise_late", "rule", "webhook_dead", "alarm_worse", "handover_taken", "handover_taken_live", "handover_refused", "handover_refused_back", "handover_missed", "handover_returned", "consult_taken", "consult_answered", "consult_refused", "consult_refused_back", "consult_missed", "consult_returned", "load_nobody"] as const;

/** The moment an operator can begin to work; read by the bench of the desk. */
function useReady(): void {
  const me = useMe();
  const { line } = useLine();
  // Roles without a line wait for their own screen: the floor marks itself.
  const ready = line !== undefined || !may(me, "calls.take");
  useEffect(() => {
    if (ready && performance.getEntriesByName("desk:interactive").length === 0) performance.mark("desk:interactive");
  }, [ready]);
}
