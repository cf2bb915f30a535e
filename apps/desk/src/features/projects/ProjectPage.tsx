import type { RemovedRow, TextRow } from "@linija/server/contract/declarations/declarations";
import { Button, Menu, Modal, Select, TextInput, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArchive, IconArrowLeft, IconDownload, IconFileText, IconPlus, IconTransfer, IconUpload } from "@tabler/icons-react";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState, type FormEvent, type ReactNode } from "react";
import { EditorTexts, useT, useWord, type MessageKey } from "../../i18n/intl.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { ImportBox } from "./ImportBox.tsx";
import { beginningOf, MANY, ORDER } from "./kinds.ts";
import { RemovedPane } from "./RemovedPane.tsx";
import { RetireBox, RetiredText } from "./Retire.tsx";
import { TextPane } from "./TextPane.tsx";
import css from "./projects.module.css";

export function ProjectPage() {
  return <EditorTexts><Project /></EditorTexts>;
}

/** A project's texts by kind at the left, the chosen one at the right. */
function Project() {
  const t = useT();
  const navigate = useNavigate();
  const { key } = useParams({ from: "/projects/$key" });
  const { text } = useSearch({ from: "/projects/$key" });
  const { data, error, refetch, isFetching } = useApi("listTexts", { params: { key } });
  const [box, setBox] = useState<Box | null>(null);
  const { texts, gone, removed, chosen, missing } = found(data, text);
  const open = (path: string) => void navigate({ to: "/projects/$key", params: { key }, search: { text: path } });
  const name = key === "common" ? t("projects.common") : data?.name ?? "";
  const shown = (removed ?? chosen ?? { path: name }).path;
  return (
    <Page wide title={name} tools={data && <Tools projectKey={key} isRetired={data.retired} onBox={setBox} />}>
      <ProblemNote error={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton rows={8} height={32} />}
      {data && (
        <div className={css.split}>
          <nav className={`panel scroll ${css.texts}`} aria-label={t("projects.textsOf", { name })}>
            <Link to="/projects" className={css.back}><IconArrowLeft size={15} aria-hidden /><span>{t("nav.projects")}</span></Link>
            <Foldable name={shown}>
              <Kinds texts={texts} chosen={chosen?.path} onOpen={open} />
              <Removed texts={gone} chosen={removed?.path} onOpen={open} />
            </Foldable>
          </nav>
          <section className={`panel ${css.work}`} aria-label={shown}>
            {missing ? <NotThere path={missing} isLooked={isFetching} texts={texts} onOpen={open} /> : <Chosen projectKey={key} isRetired={data.retired} text={chosen} removed={removed} />}
          </section>
        </div>
      )}
      {box && <Asked box={box} project={{ key, name }} taken={texts.map(({ path }) => path)} onClose={() => setBox(null)} onMade={(path) => { setBox(null); open(path); }} />}
    </Page>
  );
}

/** The text an address names, or the first where it names none. */
function found(data: { texts: readonly TextRow[]; removed: readonly RemovedRow[] } | undefined, text: string | undefined) {
  const texts = data?.texts ?? [];
  const gone = (data?.removed ?? []).filter(({ path }) => !texts.some((each) => each.path === path));
  const removed = gone.find(({ path }) => path === text);
  const chosen = removed ? undefined : text ? texts.find(({ path }) => path === text) : texts.toSorted(byOrder)[0];
  return { texts, gone, removed, chosen, missing: text && !removed && !chosen ? text : null };
}

/** Where the list would push the text off the screen it is one line that opens, and closes when a text is chosen. */
function Foldable({ name, children }: { name: string; children: ReactNode }) {
  const isNarrow = useMediaQuery("(max-width: 900px)");
  return isNarrow ? <details key={name} className={css.folded}><summary>{name}</summary>{children}</details> : children;
}

type Box = "import" | "new" | "retire";

function Asked({ box, project, taken, onClose, onMade }: { box: Box; project: { key: string; name: string }; taken: readonly string[]; onClose: () => void; onMade: (path: string) => void }) {
  if (box === "import") return <ImportBox into={project} onClose={onClose} />;
  if (box === "retire") return <RetireBox projectKey={project.key} name={project.name} onClose={onClose} />;
  return <NewText projectKey={project.key} taken={taken} onClose={onClose} onMade={onMade} />;
}

function Chosen({ projectKey, isRetired, text, removed }: { projectKey: string; isRetired: boolean; text: TextRow | undefined; removed: RemovedRow | undefined }) {
  const t = useT();
  if (removed) return <RemovedPane key={removed.path} projectKey={projectKey} text={removed} />;
  if (text && isRetired) return <RetiredText key={text.path} projectKey={projectKey} path={text.path} />;
  return text ? <TextPane key={`${projectKey}/${text.path}`} projectKey={projectKey} path={text.path} kind={text.kind} /> : <Empty icon={<IconFileText size={22} />} text={t("projects.noTexts")} />;
}

const FEW = 8;

/** An address that names no text of this project: of an old mail, mistyped, or another project's. Those of its kind are offered, else the first of all. */
function NotThere({ path, isLooked, texts, onOpen }: { path: string; /** A text that was just begun is in the list a moment later. */ isLooked: boolean; texts: readonly TextRow[]; onOpen: (path: string) => void }) {
  const t = useT();
  if (isLooked) return <Skeleton rows={8} height={32} />;
  const like = texts.filter((text) => text.path.split("/")[0] === path.split("/")[0]);
  const offered = (like.length > 0 ? like : texts).toSorted(byOrder).slice(0, FEW);
  const list = <ul className={css.list} aria-label={t("projects.textsInstead")}>{offered.map((text) => <li key={text.path}><Button size="compact-sm" variant="subtle" onClick={() => onOpen(text.path)}>{text.path}</Button></li>)}</ul>;
  return <div role="status"><Empty icon={<IconFileText size={22} />} text={t("projects.textNotThere", { path })} action={list} /></div>;
}

const byOrder = (a: TextRow, b: TextRow): number => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || a.path.localeCompare(b.path);

function Tools({ projectKey, isRetired, onBox }: { projectKey: string; isRetired: boolean; onBox: (box: Box) => void }) {
  const t = useT();
  const isOwn = projectKey !== "company" && projectKey !== "common" && !isRetired;
  return (
    <span className="row signs">
      {isOwn && <Button variant="subtle" color="gray" title={t("projects.retire")} leftSection={<IconArchive size={15} aria-hidden />} onClick={() => onBox("retire")}>{t("projects.retire")}</Button>}
      {projectKey !== "company" && !isRetired && <Button variant="default" title={t("projects.newText")} leftSection={<IconPlus size={15} aria-hidden />} onClick={() => onBox("new")}>{t("projects.newText")}</Button>}
      <Menu position="bottom-end">
        <Menu.Target><Button variant="default" title={t("projects.outAndIn")} leftSection={<IconTransfer size={15} aria-hidden />}>{t("projects.outAndIn")}</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component="a" href={`/api/projects/${projectKey}/export`} download={`${projectKey}.zip`} leftSection={<IconDownload size={15} aria-hidden />}>{t("projects.export")}</Menu.Item>
          {isOwn && <Menu.Item leftSection={<IconUpload size={15} aria-hidden />} onClick={() => onBox("import")}>{t("projects.importOver")}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}

function Kinds({ texts, chosen, onOpen }: { texts: readonly TextRow[]; chosen: string | undefined; onOpen: (path: string) => void }) {
  const t = useT();
  const single = texts.filter(({ kind }) => !MANY.includes(kind)).toSorted(byOrder);
  const kindName = (kind: string) => t((ORDER.includes(kind) ? `projects.kind.${kind}` : "projects.kind.other") as MessageKey);
  return (
    <>
      <ul className={css.list}>{single.map((text) => <li key={text.path}><TextLink text={text} name={kindName(text.kind)} fileName={null} isChosen={text.path === chosen} onOpen={onOpen} /></li>)}</ul>
      {MANY.map((kind) => {
        const own = texts.filter((text) => text.kind === kind).toSorted(byOrder);
        return own.length > 0 && <section key={kind}><h2 className={css.kind}>{kindName(kind)}</h2><ul className={css.list}>{own.map((text) => <li key={text.path}><TextLink text={text} name={text.name} fileName={text.path.slice(kind.length + 1, -".yaml".length)} isChosen={text.path === chosen} onOpen={onOpen} /></li>)}</ul></section>;
      })}
    </>
  );
}

/** By its name; two of one name are told apart by what they are called in the project's folder. */
function TextLink({ text, name, fileName, isChosen, onOpen }: { text: TextRow; name: string | null; fileName: string | null; isChosen: boolean; onOpen: (path: string) => void }) {
  const t = useT();
  return (
    <button type="button" className={css.text} aria-current={isChosen || undefined} onClick={() => onOpen(text.path)}>
      <span className={css.named}><span className="cut">{name ?? fileName}</span>{name !== null && fileName !== null && <span className={`cut ${css.file}`}>{fileName}</span>}</span>
      {text.differs && <Tooltip label={t("projects.differs")}><span className="chip">≠</span></Tooltip>}
      {text.draft && <span className="chip warn">{t("projects.draft")}</span>}
    </button>
  );
}

/** Out of use, with a way back. */
function Removed({ texts, chosen, onOpen }: { texts: readonly RemovedRow[]; chosen: string | undefined; onOpen: (path: string) => void }) {
  const t = useT();
  if (texts.length === 0) return null;
  return (
    <section>
      <h2 className={css.kind}>{t("projects.removedGroup")}</h2>
      <ul className={css.list}>{texts.toSorted((a, b) => b.at.localeCompare(a.at)).map(({ path }) => <li key={path}><button type="button" className={css.text} aria-current={path === chosen || undefined} onClick={() => onOpen(path)}><span className="cut grow dim">{path.replace(/\.yaml$/, "")}</span></button></li>)}</ul>
    </section>
  );
}

/** A text begins as a draft: it is in use only when it is whole and saved. */
function NewText({ projectKey, taken, onClose, onMade }: { projectKey: string; taken: readonly string[]; onClose: () => void; onMade: (path: string) => void }) {
  const t = useT();
  const word = useWord();
  const [kind, setKind] = useState("processes");
  const [name, setName] = useState("");
  const path = `${kind}/${name}.yaml`;
  const draft = useSend("saveDraft", ["listTexts", "readText"], { onSuccess: () => onMade(path) });
  const isUsable = /^[a-z][a-z0-9-]{0,40}$/.test(name);
  const make = (event: FormEvent) => {
    event.preventDefault();
    draft.mutate({ params: { key: projectKey }, body: { path, text: beginningOf(kind, name), base: 0 } });
  };
  return (
    <Modal opened onClose={onClose} size={420} title={<b>{t("projects.newText")}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>
      <form className="stack" onSubmit={make}>
        <Select size="xs" label={t("projects.kindOf")} data={MANY.map((value) => ({ value, label: word("projects.kind", value, t(`projects.kind.${value}` as MessageKey)) }))} value={kind} allowDeselect={false} onChange={(value) => setKind(value ?? kind)} />
        <TextInput label={t("projects.key")} description={t("projects.keyHint")} value={name} onChange={(event) => setName(event.currentTarget.value)} error={taken.includes(path) ? t("projects.textTaken") : undefined} data-autofocus autoComplete="off" />
        <ProblemNote error={draft.error} />
        <div className="row between"><span /><Button type="submit" loading={draft.isPending} disabled={!isUsable || taken.includes(path)}>{t("projects.begin")}</Button></div>
      </form>
    </Modal>
  );
}
