import type { ImportChange, Lack } from "@linija/server/contract/declarations/declarations";
import { Button, FileInput, Modal, TextInput } from "@mantine/core";
import { IconFileZip } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { ApiError, send } from "../../shared/api.ts";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { refresh } from "../../shared/query.ts";
import { say } from "../../shared/toast.tsx";
import css from "./projects.module.css";

/** A project from an archive of its texts: all of it or nothing, and every mistake by its place. */
export function ImportBox({ into, onClose }: { into?: { key: string; name: string }; onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const [file, setFile] = useState<File | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  /** What the archive does to the project, looked at before anything is written. */
  const [changes, setChanges] = useState<ImportChange[] | null>(null);
  /** A project that was taken and still needs people or webhooks. */
  const [taken, setTaken] = useState<{ key: string; lacks: Lack[] } | null>(null);
  /** Another key than the archive names; asked for once that one is taken. */
  const [other, setOther] = useState<string | null>(null);
  const open = (key: string) => { onClose(); void navigate({ to: "/projects/$key", params: { key } }); };
  const take = async (preview: boolean) => {
    if (!file) return;
    setBusy(true);
    setError(null);
    const form = new FormData();
    form.append("file", file);
    try {
      const query = new URLSearchParams({ ...(into && { into: into.key }), ...(other && { as: other }), ...(preview && { preview: "true" }) });
      const { key, saved, removed, changes, lacks } = await send("POST", `/projects/import?${query}`, form) as { key: string; saved: number; removed: number; changes: ImportChange[]; lacks: Lack[] };
      if (preview) return setChanges(changes);
      refresh(["listProjects", "listTexts", "readText", "ticketTypes", "getMe"]);
      say(t("projects.imported", { saved, removed }));
      if (lacks.length > 0) setTaken({ key, lacks });
      else open(key);
    } catch (refused) {
      setError(refused);
      if (fieldError(refused, "key")) setOther((before) => before ?? "");
    } finally {
      setBusy(false);
    }
  };
  const places = error instanceof ApiError ? (error.problem.errors ?? []).filter(({ field }) => field !== "key" && field !== "as") : [];
  const keyWrong = fieldError(error, "key", "as");
  return (
    <Modal opened onClose={onClose} size={560} title={<b>{into ? t("projects.importInto", { name: into.name }) : t("projects.import")}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>
      <div className="stack">
        <p className="dim small">{t(into ? "projects.importIntoHint" : "projects.importHint")}</p>
        <FileInput size="xs" label={t("projects.archive")} placeholder={t("projects.archiveHint")} accept=".zip,application/zip" leftSection={<IconFileZip size={15} aria-hidden />} value={file} onChange={(chosen) => { setFile(chosen); setError(null); setChanges(null); setOther(null); }} clearable clearButtonProps={{ "aria-label": t("do.clear") }} />
        {other !== null && <TextInput size="xs" label={t("projects.key")} description={t("projects.keyHint")} value={other} autoComplete="off" data-autofocus error={keyWrong} onChange={(event) => setOther(event.currentTarget.value.trim())} />}
        {Boolean(error) && !keyWrong && places.length === 0 && <ProblemNote error={error} />}
        {places.length > 0 && <div role="alert" className={css.places}><b>{t("projects.nothingSaved")}</b><ul>{places.map((place, index) => <li key={index}><code>{place.field}</code> {place.message}</li>)}</ul></div>}
        {changes && <Changes changes={changes} />}
        {taken && <div role="status" className={`stack-s ${css.changes}`}><b>{t("projects.lacks")}</b><ul>{taken.lacks.map(({ path, line, message }, index) => <li key={index}><code>{line === null ? path : `${path}:${line}`}</code> {message}</li>)}</ul></div>}
        <div className="row between"><span />{taken ? <Button onClick={() => open(taken.key)}>{t("do.open")}</Button> : into && !changes
          ? <Button onClick={() => void take(true)} loading={busy} disabled={!file}>{t("projects.look")}</Button>
          : <Button onClick={() => void take(false)} loading={busy} disabled={!file || changes?.length === 0 || other === ""}>{t("projects.import")}</Button>}</div>
      </div>
    </Modal>
  );
}

const WAYS = ["removed", "changed", "added"] as const;

function Changes({ changes }: { changes: ImportChange[] }) {
  const t = useT();
  if (changes.length === 0) return <p role="status">{t("projects.changesNone")}</p>;
  return (
    <section className={`stack-s ${css.changes}`} role="status" tabIndex={0}>
      {WAYS.map((way) => ({ way, of: changes.filter(({ how }) => how === way) })).filter(({ of }) => of.length > 0).map(({ way, of }) => (
        <div key={way}><b>{t(`projects.how.${way}`, { count: of.length })}</b><ul>{of.map(({ path }) => <li key={path}><code>{path}</code></li>)}</ul></div>
      ))}
      <p className="dim small">{t("projects.lookHint")}</p>
    </section>
  );
}
