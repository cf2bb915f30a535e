import { editRule, ruleToJson, type RuleChange, type RuleDocument } from "@linija/rules";
import type { ProblemView } from "@linija/server/contract/automation/automation";
import { Switch } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useMemo, useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { api } from "../../shared/api.ts";
import { Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import type { PictureProps } from "../projects/editors.ts";
import { useCatalogue, useLanguage } from "./catalogue.ts";
import { Head } from "./Head.tsx";
import { Side } from "./Side.tsx";
import { StepList, type Bench } from "./Steps.tsx";
import { NoCertificate } from "./Writers.tsx";
import css from "./rules.module.css";

/** A rule as steps that can be seen and moved; the text is the document, every change here is a change of the text. */
export default function RuleEditor({ projectKey, path, value, onChange, onShowText }: PictureProps) {
  const t = useT();
  const language = useLanguage();
  const { catalogue, data, error } = useCatalogue(projectKey);
  const [inWords, setInWords] = useState(language !== "en");
  const problems = useProblems(projectKey, value, data?.mayEdit ?? false);
  const read = useMemo(() => ruleToJson(value), [value]);
  if (error) return <ProblemNote error={error} />;
  if (!catalogue || !data) return <Skeleton rows={8} height={32} />;
  const mayEdit = data.mayEdit;
  const change = (...changes: RuleChange[]): void => {
    let text = value;
    for (const one of changes) {
      const edited = editRule(text, one);
      if (edited.ok) text = edited.text;
    }
    if (text !== value) onChange(text);
  };
  const bench: Bench = { catalogue, change, problems, inWords, readOnly: !mayEdit };
  const document = read.ok ? (read.document as RuleDocument & Record<string, unknown>) : null;
  return (
    <div className={css.editor}>
      <div className={`scroll ${css.builder}`} data-reads={!mayEdit || undefined}>
        {!mayEdit && <NoCertificate />}
        {!read.ok && <p className={css.broken} role="alert">{t("rules.broken", { line: read.problems[0]?.line ?? 1 })} <button type="button" className={css.link} onClick={() => onShowText(read.problems[0]?.line ?? 1)}>{t("rules.showText")}</button></p>}
        {document && (
          <>
            <Head document={document} bench={bench} events={data.events} />
            <div className={css.stepsHead}><h2>{t("rules.steps")}</h2><span className="grow" /><Switch size="xs" label={t("rules.inWords")} checked={inWords} onChange={(event) => setInWords(event.currentTarget.checked)} /></div>
            <StepList steps={document.steps} path={["steps"]} bench={bench} />
          </>
        )}
      </div>
      <Side projectKey={projectKey} path={path} value={value} examples={data.examples} mayEdit={mayEdit} onInsert={onChange} onShowText={onShowText} />
    </div>
  );
}

const CHECK_MS = 350;

/** With the author's own rights and in their language, by the place in the document. */
function useProblems(projectKey: string, text: string, mayEdit: boolean): ProblemView[] {
  const [asked] = useDebouncedValue(text, CHECK_MS);
  const [problems, setProblems] = useState<ProblemView[]>([]);
  useEffect(() => {
    if (!mayEdit) return undefined;
    let isGone = false;
    void api("checkRule", { params: { project: projectKey }, body: { text: asked } }).then((reply) => { if (!isGone) setProblems(reply.problems); }, () => undefined);
    return () => { isGone = true; };
  }, [projectKey, asked, mayEdit]);
  return problems;
}
