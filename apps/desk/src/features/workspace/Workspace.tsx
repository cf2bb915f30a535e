import { Button } from "@mantine/core";
import { IconHeadset } from "@tabler/icons-react";
import { useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { useT } from "../../i18n/intl.tsx";
import { reveal } from "../../shared/focus.ts";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { useMe } from "../access/session.ts";
import { useLine } from "../line/line.tsx";
import { WorkList } from "./WorkList.tsx";
import css from "./workspace.module.css";

// The list is the first thing an operator needs; the conversation's tools come right behind it, before the first call.
const loadPanels = () => import("./Panels.tsx");
const Middle = lazy(() => loadPanels().then(({ Middle }) => ({ default: Middle })));
const Side = lazy(() => loadPanels().then(({ Side }) => ({ default: Side })));

/** The operator's day: what waits at the left, the conversation in the middle, the client and the tools at the right. */
export function Workspace() {
  const t = useT();
  const { line } = useLine();
  const search = useSearch({ from: "/work" });
  useEffect(() => { const later = setTimeout(() => void loadPanels(), 1000); return () => clearTimeout(later); }, []);
  const asked = search.call ?? search.ticket ?? search.client;
  const callId = asked ? search.call : line?.call?.id ?? line?.offer?.interactionId;
  const shown = asked ?? callId;
  return (
    <main className={css.work}>
      <h1 className="visually-hidden">{t("nav.work")}</h1>
      <WorkList chosen={callId ?? search.ticket} />
      <section key={shown ?? "none"} ref={shown ? reveal : undefined} className={css.middle} aria-label={t("work.conversation")}>
        {shown ? <Suspense fallback={<Skeleton rows={4} height={64} />}><Middle call={callId} ticket={search.ticket} client={search.client} /></Suspense> : <Nothing />}
      </section>
      <aside className={css.right} aria-label={t("client.tabs")}>
        {shown ? <Suspense fallback={<Skeleton rows={6} height={36} />}><Side call={callId} ticket={search.ticket} client={search.client} /></Suspense> : <div className={css.quiet}><Empty text={t("work.noClient")} /></div>}
      </aside>
    </main>
  );
}

function Nothing() {
  const t = useT();
  const me = useMe();
  const { line, goTo, busy } = useLine();
  if (!line) return <Skeleton rows={3} height={64} />;
  // Nothing can come to who works in no project, however ready they are.
  if (me.projects.length === 0) return <div className={css.quiet}><Empty icon={<IconHeadset size={22} />} text={t("work.noProject")} /></div>;
  const ready = line.state === "ready";
  return <div className={css.quiet}><Empty icon={<IconHeadset size={22} />} text={t(ready ? "work.waiting" : "work.notReady")} action={!ready && line.state !== "offered" && line.state !== "talking" && <Button size="sm" loading={busy} onClick={() => void goTo("ready")}>{t("state.goReady")}</Button>} /></div>;
}
