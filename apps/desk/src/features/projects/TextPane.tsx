import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconGitCompare } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type ComponentType, type LazyExoticComponent } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { TextEditor, type TextEditorProps } from "../../shared/TextEditor.tsx";
import type { EditorHandle } from "../../shared/CodeEditor.tsx";
import { say } from "../../shared/toast.tsx";
import { Compare } from "./Compare.tsx";
import { editors, texts, type PictureProps } from "./editors.ts";
import { Tickets } from "./Migration.tsx";
import { RemoveButton } from "./Remove.tsx";
import { useText } from "./useText.ts";
import { Versions } from "./Versions.tsx";
import css from "./projects.module.css";

type View = "text" | "picture" | "changes" | "versions" | "tickets";
const pictures = new Map<string, LazyExoticComponent<ComponentType<PictureProps>>>();

function pictureOf(kind: string): LazyExoticComponent<ComponentType<PictureProps>> | null {
  const load = editors[kind];
  if (load && !pictures.has(kind)) pictures.set(kind, lazy(load));
  return pictures.get(kind) ?? null;
}

/** Only a process is drawn as a picture. */
const pictureName: Partial<Record<string, "builder" | "steps">> = { forms: "builder", rules: "steps" };

const plains = new Map<string, ComponentType<TextEditorProps & { projectKey: string }>>();
const Plain = ({ projectKey: _key, ...props }: TextEditorProps & { projectKey: string }) => <TextEditor {...props} />;

function plainOf(kind: string): ComponentType<TextEditorProps & { projectKey: string }> {
  const load = texts[kind];
  if (load && !plains.has(kind)) plains.set(kind, lazy(load));
  return plains.get(kind) ?? Plain;
}

/** One text of a project: as text, as a picture where its kind has one, what was changed, and its versions. */
export function TextPane({ projectKey, path, kind }: { projectKey: string; path: string; kind: string }) {
  const t = useT();
  const work = useText(projectKey, path);
  const Picture = pictureOf(kind);
  const Written = plainOf(kind);
  const [view, setView] = useState<View>(Picture ? "picture" : "text");
  const [goTo, setGoTo] = useState<number | null>(null);
  const handle = useRef<EditorHandle>(null);
  const { shown, problems, read } = work;
  const own = useMemo(() => problems.filter((problem) => problem.path === path), [problems, path]);
  // The editor is loaded on demand: the place is gone to when it is there.
  useEffect(() => { if (view === "text" && goTo !== null && handle.current) { handle.current.goTo(goTo); setGoTo(null); } }, [view, goTo]);
  if (read.error) return <ProblemNote error={read.error} onRetry={() => void read.refetch()} />;
  if (!shown || !read.data) return <Skeleton rows={12} height={20} />;
  const showText = (line: number) => { setView("text"); setGoTo(line); if (view === "text") handle.current?.goTo(line); };
  const views: View[] = [...(Picture ? ["picture" as const] : []), "text", ...(work.isChanged ? ["changes" as const] : []), "versions", ...(kind === "processes" ? ["tickets" as const] : [])];
  const at = views.includes(view) ? view : "text";
  return (
    <div className={css.pane}>
      <div className={css.bar}>
        <SegmentedControl size="xs" aria-label={t("projects.view")} value={at} onChange={(value) => setView(value as View)} data={views.map((value) => ({ value, label: t(`projects.view.${value === "picture" ? pictureName[kind] ?? value : value}`) }))} />
        <span className="grow" />
        <RemoveButton projectKey={projectKey} path={path} kind={kind} current={read.data.current} />
        <State work={work} count={problems.length} />
      </div>
      {work.overtaken && <Overtaken by={read.data.by} onCompare={() => setView("changes")} onRebase={work.rebase} />}
      <div className={css.body}>
        {at === "text" && <Suspense fallback={<Skeleton rows={8} height={20} />}><Written projectKey={projectKey} label={t("projects.editorOf", { path })} value={shown.text} onChange={work.change} problems={own} onSave={() => work.send("")} handle={handle} /></Suspense>}
        {at === "picture" && Picture && <Suspense fallback={<Skeleton rows={8} height={32} />}><Picture projectKey={projectKey} path={path} value={shown.text} onChange={work.change} problems={own} onShowText={showText} /></Suspense>}
        {at === "changes" && <Compare before={read.data.text} after={shown.text} />}
        {at === "versions" && <Versions projectKey={projectKey} path={path} current={read.data.current} repository={read.data.repository} onTake={(text) => { work.change(text); setView("changes"); }} />}
        {at === "tickets" && <Tickets projectKey={projectKey} process={path.replace(/^processes\/|\.yaml$/g, "")} />}
      </div>
      {problems.length > 0 && <Problems problems={problems} path={path} onShow={showText} />}
      {work.isChanged && <SaveBar work={work} isBroken={problems.length > 0} />}
    </div>
  );
}

type Work = ReturnType<typeof useText>;

function State({ work, count }: { work: Work; count: number }) {
  const t = useT();
  if (count > 0) return <span className="chip danger"><IconAlertTriangle size={13} aria-hidden />{t("projects.problems", { count })}</span>;
  if (work.isChanged) return <span className="chip warn">{t("projects.draft")}</span>;
  return <span className="chip live"><IconCheck size={13} aria-hidden />{t("projects.inUseNow", { number: work.read.data?.current ?? 0 })}</span>;
}

function Overtaken({ by, onCompare, onRebase }: { by: string | null; onCompare: () => void; onRebase: () => void }) {
  const t = useT();
  return (
    <div role="alert" className={css.overtaken}>
      <IconGitCompare size={17} aria-hidden /><span className="grow">{t("projects.overtaken", { name: by ?? "–" })}</span>
      <Button size="compact-sm" variant="default" onClick={onCompare}>{t("projects.compare")}</Button><Button size="compact-sm" variant="default" onClick={onRebase}>{t("projects.rebase")}</Button>
    </div>
  );
}

function Problems({ problems, path, onShow }: { problems: Work["problems"]; path: string; onShow: (line: number) => void }) {
  const t = useT();
  return (
    <ul className={css.problems} aria-label={t("projects.problemsList")}>
      {problems.map((problem, index) => (
        <li key={index}>
          {problem.path === path
            ? <button type="button" className={css.place} onClick={() => onShow(problem.line ?? 1)}>{t("projects.line", { line: problem.line ?? 1 })}</button>
            : <code className={css.place}>{problem.file}{problem.line ? `:${problem.line}` : ""}</code>}
          <span>{problem.at && <code>{problem.at}</code>} {problem.message} <span className="dim">→ {problem.remedy}</span></span>
        </li>
      ))}
    </ul>
  );
}

function SaveBar({ work, isBroken }: { work: Work; isBroken: boolean }) {
  const t = useT();
  const [note, setNote] = useState("");
  const saved = useRef(false);
  useEffect(() => { if (work.save.isSuccess && !saved.current) { saved.current = true; say(t("projects.saved")); } }, [work.save.isSuccess, t]);
  return (
    <div className={css.saveBar}>
      {work.save.error && <ProblemNote error={work.save.error} />}
      <form className="row" onSubmit={(event) => { event.preventDefault(); work.send(note); }}>
        <TextInput className="grow" size="xs" placeholder={t("projects.note")} aria-label={t("projects.note")} value={note} maxLength={500} onChange={(event) => setNote(event.currentTarget.value)} />
        <Button variant="subtle" onClick={work.discard}>{t("do.discard")}</Button>
        <Button type="submit" loading={work.save.isPending} disabled={isBroken || work.overtaken}>{t("projects.save")}</Button>
      </form>
    </div>
  );
}
