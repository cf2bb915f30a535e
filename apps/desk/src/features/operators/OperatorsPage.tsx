import type { OperatorView } from "@linija/server/contract/operators/operators";
import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch, IconUsers } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useKey } from "../../shared/keys.ts";
import { Pages } from "../../shared/pages.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { refresh, useApi, usePages } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { OperatorPanel } from "./OperatorPanel.tsx";
import { PhoneState, Standing } from "./marks.tsx";
import { useSkillName } from "./skillNames.ts";
import css from "./operators.module.css";

/** Who takes calls: their languages, skills and phones. */
export function OperatorsPage() {
  const t = useT();
  const navigate = useNavigate();
  const { operator: open } = useSearch({ from: "/operators" });
  const [text, setText] = useState("");
  const [wanted] = useDebouncedValue(text.trim(), 120);
  const box = useRef<HTMLInputElement>(null);
  const list = usePages("listOperators", { query: { text: wanted || undefined } }, { anyOrder: true });
  // A registration that runs out is no event, so it is asked for.
  useEffect(() => { const timer = setInterval(() => refresh(["listOperators"]), 20_000); return () => clearInterval(timer); }, []);
  const show = (id: string | undefined) => void navigate({ to: "/operators", search: { operator: id } });
  useKey("search", () => box.current?.focus());
  return (
    <Page wide title={t("nav.operators")} tools={<TextInput ref={box} className={css.search} leftSection={<IconSearch size={15} />} placeholder={t("operators.search")} aria-label={t("operators.search")} value={text} onChange={(event) => setText(event.currentTarget.value)} />}>
      <div className={css.split} data-open={open !== undefined || undefined}>
        <div className={`panel ${css.listPanel}`}>
          <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
          {!list.items && !list.error && <Skeleton rows={10} height={40} />}
          {list.items?.length === 0 && <Nobody searched={wanted !== ""} />}
          {list.items && list.items.length > 0 && (
            <Pages key={wanted} label={t("nav.operators")} place={`operators:${wanted}`} items={list.items} rowHeight={48} keyOf={(row) => row.id} onOpen={(row) => show(row.id)} head={<Head />}
              row={(row, chosen) => <Row row={row} chosen={chosen || row.id === open} onOpen={() => show(row.id)} />}
              more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() }} />
          )}
        </div>
        {open && <div className={`panel ${css.detail}`}><OperatorPanel key={open} id={open} onClose={() => show(undefined)} /></div>}
      </div>
    </Page>
  );
}

function Nobody({ searched }: { searched: boolean }) {
  const t = useT();
  const me = useMe();
  const mayMake = may(me, "access.manage");
  const text = t(searched ? "operators.notFound" : mayMake ? "operators.empty" : "operators.emptyProjects");
  return <Empty icon={<IconUsers size={22} />} text={text} action={mayMake && !searched && <Link to="/admin"><Button component="span" variant="default">{t("nav.admin")}</Button></Link>} />;
}

function Head() {
  const t = useT();
  return <div><div className={css.row}><span>{t("users.name")}</span><span>{t("users.projects")}</span><span>{t("operators.languages")}</span><span>{t("operators.skills")}</span><span>{t("operators.phone")}</span></div></div>;
}

function Row({ row, chosen, onOpen }: { row: OperatorView; chosen: boolean; onOpen: () => void }) {
  const t = useT();
  const nameOf = useSkillName();
  const projects = useApi("operatorChoices").data?.projects ?? [];
  const skills = Object.entries(row.skills).sort(([, a], [, b]) => b - a);
  return (
    <button type="button" className={css.row} data-chosen={chosen || undefined} onClick={onOpen}>
      <span className="row"><span className={`cut strong ${row.disabled ? css.off : ""}`}>{row.name}</span><Standing operator={row} /></span>
      <span className="cut dim">{row.projects.map((key) => projects.find((project) => project.key === key)?.name ?? key).join(", ")}</span>
      <span className={`cut ${css.codes}`}>{row.languages.join(" ")}</span>
      <span className="cut dim">{skills.length === 0 ? t("operators.noSkills") : skills.map(([key, level]) => `${nameOf(key)} ${level}`).join(" · ")}</span>
      <span className="row"><span className={`num ${css.extension}`}>{row.phone.extension}</span><PhoneState operator={row} /></span>
    </button>
  );
}
