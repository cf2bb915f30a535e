import { Button, FileInput, Modal } from "@mantine/core";
import { IconFileZip } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { ApiError, send } from "../../shared/api.ts";
import { ProblemNote } from "../../shared/problem.tsx";
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
  const take = async () => {
    if (!file) return;
    setBusy(true);
    setError(null);
    const form = new FormData();
    form.append("file", file);
    try {
      const { key, saved, removed } = await send("POST", `/projects/import${into ? `?into=${encodeURIComponent(into.key)}` : ""}`, form) as { key: string; saved: number; removed: number };
      refresh(["listProjects", "listTexts", "readText", "ticketTypes", "getMe"]);
      say(t("projects.imported", { saved, removed }));
      onClose();
      void navigate({ to: "/projects/$key", params: { key } });
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const places = error instanceof ApiError ? error.problem.errors ?? [] : [];
  return (
    <Modal opened onClose={onClose} size={560} title={<b>{into ? t("projects.importInto", { name: into.name }) : t("projects.import")}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>
      <div className="stack">
        <p className="dim small">{t(into ? "projects.importIntoHint" : "projects.importHint")}</p>
        <FileInput size="xs" label={t("projects.archive")} placeholder={t("projects.archiveHint")} accept=".zip,application/zip" leftSection={<IconFileZip size={15} aria-hidden />} value={file} onChange={(chosen) => { setFile(chosen); setError(null); }} clearable clearButtonProps={{ "aria-label": t("do.clear") }} />
        {Boolean(error) && places.length === 0 && <ProblemNote error={error} />}
        {places.length > 0 && <div role="alert" className={css.places}><b>{t("projects.nothingSaved")}</b><ul>{places.map((place, index) => <li key={index}><code>{place.field}</code> {place.message}</li>)}</ul></div>}
        <div className="row between"><span /><Button onClick={() => void take()} loading={busy} disabled={!file}>{t("projects.import")}</Button></div>
      </div>
    </Modal>
  );
}
