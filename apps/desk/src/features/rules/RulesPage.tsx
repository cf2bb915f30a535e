import { ruleToJson, type RuleDocument } from "@linija/rules";
import type { RuleRow } from "@linija/server/contract/automation/automation";
import { Button, SegmentedControl, Select, Switch } from "@mantine/core";
import { IconRobot } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useIntl } from "react-intl";
import { EditorTexts, useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { useTypes } from "../tickets/useTypes.ts";
import { useCatalogue, useLanguage } from "./catalogue.ts";
import { Head } from "./Head.tsx";
import { History } from "./History.tsx";
import RuleText from "./RuleText.tsx";
import { StepList, type Bench } from "./Steps.tsx";
import { WebhooksIn } from "./WebhooksIn.tsx";
import { NoCertificate } from "./Writers.tsx";
import css from "./rules.module.css";

export function RulesPage() {
  return <EditorTexts><Rules /></EditorTexts>;
}

/** Which rules work in one's projects, what each does and what it did: to be read. They are written where projects are. */
function Rules() {
  const t = useT();
  const navigate = useNavigate();
  const me = useMe();
  const search = useSearch({ from: "/rules" });
  const { projects } = useTypes({ projectKey: null });
  const projectKey = search.project ?? me.projects[0] ?? "";
  const { data, error, refetch } = useApi("listRules", { params: { project: projectKey } }, { enabled: projectKey !== "" });
  const chosen = data?.items.find(({ key }) => key === search.rule);
  const go = (to: { project: string; rule?: string }) => void navigate({ to: "/rules", search: to });
  const name = projects.find(({ key }) => key === projectKey)?.name ?? "";
  return (
    <Page wide title={t("nav.rules")} tools={projects.length > 1 && <Select size="xs" aria-label={t("rules.page.project")} allowDeselect={false} value={projectKey} onChange={(value) => go({ project: value ?? projectKey })} data={projects.map((each) => ({ value: each.key, label: each.name }))} />}>
      <ProblemNote error={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton rows={6} height={44} />}
      {data?.items.length === 0 && <Empty icon={<IconRobot size={22} />} text={t("rules.page.none")} />}
      {data?.items.length === 0 && <WebhooksIn projectKey={projectKey} />}
      {data && data.items.length > 0 && (
        <div className={css.page}>
          <nav className={`panel scroll ${css.list}`} aria-label={t("rules.page.list", { name })}>
            <ul>{data.items.map((rule) => <li key={rule.key}><RuleLine rule={rule} isChosen={rule === chosen} onOpen={() => go({ project: projectKey, rule: rule.key })} /></li>)}</ul>
          </nav>
          <section className={`panel ${css.reader}`} aria-live="polite">
            {chosen ? <Reader key={`${projectKey} ${chosen.key}`} rule={chosen} mayEdit={data.mayEdit} /> : <div className="scroll"><Empty icon={<IconRobot size={22} />} text={t("rules.page.choose")} /><WebhooksIn projectKey={projectKey} /></div>}
          </section>
        </div>
      )}
    </Page>
  );
}

const nameOf = (rule: RuleRow, language: string): string => rule.name[language] ?? Object.values(rule.name)[0] ?? rule.key;

function RuleLine({ rule, isChosen, onOpen }: { rule: RuleRow; isChosen: boolean; onOpen: () => void }) {
  const t = useT();
  const language = useLanguage();
  return (
    <button type="button" className={css.ruleLine} aria-current={isChosen || undefined} onClick={onOpen}>
      <span className={css.ruleName}><span className="strong grow">{nameOf(rule, language)}</span>{!rule.enabled && <span className="chip">{t("rules.page.off")}</span>}</span>
      <span className="dim small">{t("rules.page.week", { fired: rule.fired })}{rule.failed > 0 && <span className={css.bad}> · {t("rules.page.failed", { count: rule.failed })}</span>}</span>
    </button>
  );
}

type View = "steps" | "text" | "history";

function Reader({ rule, mayEdit }: { rule: RuleRow; mayEdit: boolean }) {
  const t = useT();
  const language = useLanguage();
  const intl = useIntl();
  const mayManage = may(useMe(), "projects.manage");
  const [view, setView] = useState<View>("steps");
  const [version, setVersion] = useState<number | null>(null);
  const { data, error, refetch } = useApi("getRule", { params: { project: rule.projectKey, key: rule.key }, query: version === null ? {} : { version } });
  return (
    <>
      <header className={css.readerHead}>
        <h2>{nameOf(rule, language)}</h2>
        <SegmentedControl size="xs" aria-label={nameOf(rule, language)} value={view} onChange={(value) => setView(value as View)} data={(["steps", "text", "history"] as const).map((value) => ({ value, label: t(`rules.page.${value}`) }))} />
        <span className="grow" />
        {data && view !== "history" && <Select size="xs" className={css.waking} aria-label={t("rules.page.version")} allowDeselect={false} value={String(data.version)} onChange={(value) => setVersion(Number(value))}
          data={data.versions.map((each) => ({ value: String(each.version), label: t("rules.page.versionOf", { number: each.version, at: intl.formatDate(each.madeAt, { day: "numeric", month: "numeric", year: "numeric" }) }) }))} />}
        {mayManage && mayEdit && <Link to="/projects/$key" params={{ key: rule.projectKey }} search={{ text: rule.path }}><Button size="compact-sm" component="span" variant="default">{t("rules.page.edit")}</Button></Link>}
      </header>
      {mayManage && !mayEdit && <NoCertificate />}
      {rule.lastProblem && view === "history" && <p className={css.problem} role="note">{rule.lastAt && <Moment at={rule.lastAt} />} {rule.lastProblem}</p>}
      <ProblemNote error={error} onRetry={() => void refetch()} />
      {view === "history" && <div className="scroll"><History projectKey={rule.projectKey} path={rule.path} onShowText={() => setView("text")} /></div>}
      {view !== "history" && !data && !error && <Skeleton rows={8} height={28} />}
      {view === "steps" && data && <Steps projectKey={rule.projectKey} text={data.text} />}
      {view === "text" && data && <div className={css.readerText}><RuleText projectKey={rule.projectKey} label={t("rules.page.text")} value={data.text} onChange={() => undefined} problems={[]} readOnly /></div>}
    </>
  );
}

/** As its author sees it, with nothing to press. */
function Steps({ projectKey, text }: { projectKey: string; text: string }) {
  const t = useT();
  const language = useLanguage();
  const [inWords, setInWords] = useState(language !== "en");
  const { catalogue, data, error } = useCatalogue(projectKey);
  const read = useMemo(() => ruleToJson(text), [text]);
  if (error) return <ProblemNote error={error} />;
  if (!catalogue || !data) return <Skeleton rows={8} height={32} />;
  const bench: Bench = { catalogue, change: () => undefined, problems: [], inWords, readOnly: true };
  const document = read.ok ? (read.document as RuleDocument & Record<string, unknown>) : null;
  return (
    <div className={`scroll ${css.builder}`} data-reads>
      {document && <Head document={document} bench={bench} events={data.events} />}
      {document && <div className={css.stepsHead}><h3>{t("rules.steps")}</h3><span className="grow" /><Switch size="xs" label={t("rules.inWords")} checked={inWords} onChange={(event) => setInWords(event.currentTarget.checked)} /></div>}
      {document && <StepList steps={document.steps} path={["steps"]} bench={bench} />}
    </div>
  );
}
