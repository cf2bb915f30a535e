import type { ProjectView, TemplateView } from "@linija/server/contract/declarations/declarations";
import { Button, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconBuilding, IconFolders, IconPlus, IconUpload } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { EditorTexts, languageNames, useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { CreateProject } from "./CreateProject.tsx";
import { ImportBox } from "./ImportBox.tsx";
import { RetiredCard } from "./Retire.tsx";
import css from "./projects.module.css";

export function ProjectsPage() {
  return <EditorTexts><Projects /></EditorTexts>;
}

/** Projects in use, and the gallery of templates new ones are made from. */
function Projects() {
  const t = useT();
  const { data, error, refetch } = useApi("listProjects");
  const [template, setTemplate] = useState<string | null>(null);
  const [importing, setImporting] = useState(false);
  return (
    <Page wide title={t("nav.projects")} tools={<Button variant="default" leftSection={<IconUpload size={15} aria-hidden />} onClick={() => setImporting(true)}>{t("projects.import")}</Button>}>
      <ProblemNote error={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton rows={4} height={96} />}
      {data && (
        <div className={`scroll ${css.gallery}`}>
          <section aria-labelledby="in-use">
            <h2 id="in-use" className={css.title}>{t("projects.inUse")}</h2>
            <div className={css.cards}>{data.projects.map((project) => <ProjectCard key={project.key} project={project} />)}</div>
            <p className={css.company}><IconBuilding size={15} aria-hidden /><span className="dim">{t("projects.companyTexts")}</span><Link to="/projects/$key" params={{ key: "company" }}>{data.company.name}</Link><Link to="/projects/$key" params={{ key: "common" }}>{t("projects.common")}</Link></p>
          </section>
          {data.retired.length > 0 && (
            <section aria-labelledby="retired">
              <h2 id="retired" className={css.title}>{t("projects.retired")}</h2>
              <div className={css.cards}>{data.retired.map((project) => <RetiredCard key={project.key} project={project} head={<Head name={project.name} colour={project.colour} prefix={project.ticketPrefix} />} />)}</div>
            </section>
          )}
          <section aria-labelledby="templates">
            <h2 id="templates" className={css.title}>{t("projects.templates")}</h2>
            <p className={`dim small ${css.hint}`}>{t("projects.templatesHint")}</p>
            {data.templates.length === 0 && <Empty icon={<IconFolders size={22} />} text={t("projects.noTemplates")} />}
            <div className={css.cards}>{data.templates.map((each) => <TemplateCard key={each.key} template={each} onCreate={() => setTemplate(each.key)} />)}</div>
          </section>
        </div>
      )}
      {data && template !== null && <CreateProject template={data.templates.find(({ key }) => key === template)!} taken={data} onClose={() => setTemplate(null)} />}
      {importing && <ImportBox onClose={() => setImporting(false)} />}
    </Page>
  );
}

function ProjectCard({ project }: { project: ProjectView }) {
  const t = useT();
  return (
    <Link to="/projects/$key" params={{ key: project.key }} className={`panel ${css.card}`}>
      <Head name={project.name} colour={project.colour} prefix={project.ticketPrefix} />
      <span className={css.about}>{project.about}</span>
      <span className="row wrap small"><span className="num">{project.numbers.join(", ")}</span><span className="dim">{project.languages.map((each) => languageNames[each]).join(", ")}</span></span>
      <span className={`dim small ${css.foot}`}>{t("projects.texts", { count: project.texts })} · {project.changedBy ? `${project.changedBy}, ` : ""}<Moment at={project.changedAt} /></span>
    </Link>
  );
}

function Head({ name, colour, prefix }: { name: string; colour: string; prefix: string }) {
  return <span className="row"><svg className={css.colour} viewBox="0 0 10 10" aria-hidden><rect width="10" height="10" rx="2.5" fill={colour} /></svg><span className="strong cut grow">{name}</span>{prefix && <span className="chip">{prefix}</span>}</span>;
}

/** Kinds everybody has are not worth a word: what is told is what makes templates differ. */
const TOLD = ["processes", "forms", "rules", "guides", "articles", "documents"];

function TemplateCard({ template, onCreate }: { template: TemplateView; onCreate: () => void }) {
  const t = useT();
  const kinds = TOLD.filter((kind) => template.kinds[kind]);
  const [first] = template.problems;
  return (
    <div className={`panel ${css.card}`}>
      <Head name={template.name} colour={template.colour} prefix="" />
      <span className={css.about}>{template.about}</span>
      <span className="row wrap">{kinds.map((kind) => <span key={kind} className="chip">{t("projects.kindCount", { kind: t(`projects.kind.${kind}` as "projects.kind.forms"), count: template.kinds[kind] ?? 0 })}</span>)}</span>
      <span className={css.foot}>
        {first
          ? <Tooltip multiline w={360} label={`${first.file}${first.line ? `:${first.line}` : ""} ${first.message} → ${first.remedy}`}><span className="chip danger"><IconAlertTriangle size={13} aria-hidden />{t("projects.templateBroken", { count: template.problems.length })}</span></Tooltip>
          : <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} aria-hidden />} onClick={onCreate}>{t("projects.create")}<span className="visually-hidden">: {template.name}</span></Button>}
      </span>
    </div>
  );
}
