import type { SavedView } from "@linija/server/contract/views/views";
import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFilter, IconLayoutKanban, IconList, IconSearch, type TablerIcon } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useKey } from "../../shared/keys.ts";
import { Page, Skeleton } from "../../shared/parts.tsx";
import { useApi } from "../../shared/query.ts";
import { hasRole, may, useMe } from "../access/session.ts";
import { ApprovalsLink } from "../approvals/ApprovalsLink.tsx";
import { fixedView, partsOf, readAsked, written, type Asked } from "../views/asked.ts";
import { ColumnsPicker } from "../views/ColumnsPicker.tsx";
import { defaultColumns } from "../views/columns.ts";
import { FieldChips } from "../views/FieldChips.tsx";
import { FilterPanel } from "../views/FilterPanel.tsx";
import { SavedViews } from "../views/SavedViews.tsx";
import boardCss from "../views/views.module.css";
import { usePicked } from "./picked.ts";
import { TicketList, type Listed } from "./TicketList.tsx";
import css from "./tickets.module.css";

const BulkRuns = lazy(() => import("../bulk/BulkRuns.tsx"));
const Board = lazy(() => import("../views/Board.tsx").then(({ Board }) => ({ default: Board })));

type View = Listed | "forgotten" | "decisions";
const deskViews: View[] = ["mine", "open", "unassigned", "callbacks", "waiting", "breaching", "forgotten", "done", "unconfirmed", "all"];
const leaderViews: View[] = [...deskViews, "decisions"];
const departmentViews: View[] = ["department", "mine", "done"];

/** What the address asks for: a view that is always there, a saved one, or a filter made from either. */
function useAsked() {
  const me = useMe();
  const navigate = useNavigate();
  const search = useSearch({ from: "/tickets" });
  const onlyDepartment = !hasRole(me, "operator", "supervisor", "administrator", "management");
  const views = onlyDepartment ? departmentViews : may(me, "floor.read") ? leaderViews : deskViews;
  const saved = useApi("listViews", null, { staleTime: 60_000 }).data?.items.find(({ id }) => id === search.view);
  const fixed = views.find((each) => each === search.view) ?? (onlyDepartment ? "department" : hasRole(me, "operator") ? "mine" : "open");
  const begun: Asked = saved ? { filter: saved.filter, sort: saved.sort, columns: saved.columns } : fixedView(fixed, me.department);
  const changed = readAsked(search.filter, search.sort, search.columns);
  const isBoard = search.board ?? false;
  const go = (next: { view?: string; asked?: Asked | null; board?: boolean }) => {
    const asked = next.asked === undefined ? changed : next.asked;
    void navigate({ to: "/tickets", search: { view: next.view ?? search.view, filter: asked ? written(asked.filter) : undefined, sort: asked?.sort, columns: asked?.columns?.join(","), board: (next.board ?? isBoard) || undefined }, replace: next.view === undefined });
  };
  return { views, saved, view: saved ? null : fixed, asked: changed ?? begun, isChanged: changed !== null, isBoard, go };
}

export function TicketsPage() {
  const t = useT();
  const me = useMe();
  const state = useAsked();
  const { views, saved, view, asked, isChanged, isBoard, go } = state;
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [typed] = useDebouncedValue(text.trim(), 200);
  const picked = usePicked();
  const nav = useShownInSight(state);
  const words = typed.length > 1 ? typed : "";
  // Words are looked for everywhere, whatever view they were typed in, but within a filter somebody is making.
  const shown: Asked = words ? { ...asked, filter: { ...(isChanged && asked.filter), text: words }, sort: "changed" } : asked;
  const show = (next: string, board: boolean) => { setText(""); picked.clear(); go({ view: next, asked: null, board }); };
  const panel = (error: unknown) => isOpen && <FilterPanel asked={asked} error={error} onChange={(next) => go({ asked: next })} onClear={() => go({ asked: null })} />;
  const listed = words ? null : listedOf(state);
  return (
    <Page wide title={t("nav.tickets")} tools={<div className={`signs ${boardCss.tools}`}>
      <Search text={text} onChange={setText} />
      <FilterButton conditions={isChanged ? partsOf(asked.filter) : 0} isOpen={isOpen} onPress={() => setOpen(!isOpen)} />
      {!isBoard && <ColumnsPicker columns={asked.columns ?? defaultColumns} onChange={(columns) => go({ asked: { ...asked, columns } })} />}
      {may(me, "tickets.bulk") && <Suspense fallback={null}><BulkRuns /></Suspense>}
      <Layout isBoard={isBoard} onChange={(board) => { picked.clear(); go({ board }); }} />
    </div>}>
      <nav ref={nav} className={css.views} aria-label={t("tickets.views")}>
        {views.map((each) => <button key={each} type="button" aria-current={each === view && !words ? "true" : undefined} onClick={() => show(each, isBoard)}>{t(`tickets.view.${each}`)}{each === view && isChanged && " •"}</button>)}
        {may(me, "tickets.approve") && <ApprovalsLink className={css.approvals} />}
        <SavedViews asked={asked} isBoard={isBoard} current={saved?.id} isChanged={isChanged} onShow={(next: SavedView) => show(next.id, next.layout === "board")} onSaved={(next) => go({ view: next.id, asked: null })} />
      </nav>
      <FieldChips filter={asked.filter} onChange={(fields) => go({ asked: { ...asked, filter: { ...asked.filter, fields } } })} />
      {isBoard && panel(null)}
      {isBoard ? <Suspense fallback={<Skeleton rows={8} height={56} />}><Board filter={shown.filter} /></Suspense>
        : <TicketList key={listed ?? "found"} listed={listed} shown={shown} label={words ? t("views.search") : saved?.name ?? t(`tickets.view.${view ?? "open"}`)} isWords={words !== ""} picked={may(me, "tickets.bulk") ? picked : null} panel={panel} />}
    </Page>
  );
}

/** In a low window the views stand in one line that is pushed aside: the one that is shown stands in sight. */
function useShownInSight({ saved, view }: ReturnType<typeof useAsked>) {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => { nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }); }, [saved?.id, view]);
  return nav;
}

/** The view that is read by its name; null when only its filter says what is shown. */
const listedOf = ({ view, isChanged, isBoard }: ReturnType<typeof useAsked>): Listed | null => (isChanged || isBoard || view === null || view === "forgotten" || view === "decisions" ? null : view);

function FilterButton({ conditions, isOpen, onPress }: { conditions: number; isOpen: boolean; onPress: () => void }) {
  const t = useT();
  return <Button variant={conditions > 0 ? "light" : "default"} title={t("views.filter")} aria-expanded={isOpen} leftSection={<IconFilter size={15} />} onClick={onPress}>{t("views.filter")}{conditions > 0 && ` (${conditions})`}</Button>;
}

function Search({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const t = useT();
  const box = useRef<HTMLInputElement>(null);
  useKey("search", () => box.current?.focus());
  return <TextInput ref={box} className={boardCss.search} leftSection={<IconSearch size={15} />} placeholder={t("views.search")} aria-label={t("views.search")} value={text} onChange={(event) => onChange(event.currentTarget.value)} />;
}

function Layout({ isBoard, onChange }: { isBoard: boolean; onChange: (board: boolean) => void }) {
  const t = useT();
  const choice = (value: string, Icon: TablerIcon, label: string) => ({ value, label: <span className={boardCss.layout} title={label}><Icon size={16} aria-label={label} /></span> });
  return <SegmentedControl size="sm" aria-label={t("views.layout")} value={isBoard ? "board" : "list"} onChange={(value) => onChange(value === "board")} data={[choice("list", IconList, t("views.list")), choice("board", IconLayoutKanban, t("views.board"))]} />;
}
