import { MAX_FILE_MB } from "@linija/server/contract/tickets/tickets.files";
import { ActionIcon, Button } from "@mantine/core";
import { IconFile, IconPaperclip, IconX } from "@tabler/icons-react";
import { useRef, useState, type ClipboardEvent, type DragEvent } from "react";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { send } from "../../shared/api.ts";
import { answered, idUntilAnswered } from "../../shared/once.ts";
import { useProblemText } from "../../shared/problem.tsx";
import { refresh } from "../../shared/query.ts";
import { sortChosen, type Refused } from "./chosen.ts";
import css from "./tickets.module.css";

export function useSize(): (bytes: number) => string {
  const intl = useIntl();
  return (bytes) => (bytes < 1_000_000
    ? intl.formatNumber(Math.max(1, Math.round(bytes / 1000)), { style: "unit", unit: "kilobyte", unitDisplay: "short" })
    : intl.formatNumber(bytes / 1_000_000, { style: "unit", unit: "megabyte", unitDisplay: "short", maximumFractionDigits: 1 }));
}

/** Sends files one after another; those refused are named, the ticket stays: of what was not saved only the file is spoken. Chosen again after a lost answer it is the same file. */
export function useUploads() {
  const textOf = useProblemText();
  const [failed, setFailed] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const sendAll = async (ticketId: string, files: File[]) => {
    setBusy(true);
    const refused: string[] = [];
    for (const file of files) {
      const form = new FormData();
      form.append("file", file);
      const what = `file:${ticketId}:${file.name}:${file.size}:${file.lastModified}`;
      const error = await send("POST", `/tickets/${ticketId}/attachments?id=${idUntilAnswered(what)}`, form).then(() => null, (error: unknown) => error);
      answered(what, error);
      if (error) refused.push(`${file.name} (${textOf(error).detail})`);
    }
    setFailed(refused);
    setBusy(false);
    if (files.length > 0) refresh(["getTicket"]);
  };
  return { failed, busy, send: sendAll };
}

/** Files by a press, dropped in, or pasted: a screenshot goes straight from the clipboard. */
export function FilePicker({ files, onChange, busy = false }: { files: File[]; onChange: (files: File[]) => void; busy?: boolean }) {
  const t = useT();
  const size = useSize();
  const limit = size(MAX_FILE_MB * 1_000_000);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState<Refused<File>[]>([]);
  const add = (list: FileList | null | undefined) => {
    if (!list || list.length === 0) return;
    const chosen = sortChosen(list);
    setRefused(chosen.refused);
    if (chosen.taken.length > 0) onChange([...files, ...chosen.taken]);
  };
  const drop = (event: DragEvent) => { event.preventDefault(); setOver(false); add(event.dataTransfer.files); };
  const paste = (event: ClipboardEvent) => { if (event.clipboardData.files.length > 0) { event.preventDefault(); add(event.clipboardData.files); } };
  return (
    <div className={css.drop} data-over={over || undefined} onDrop={drop} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onPaste={paste}>
      <input ref={input} type="file" multiple hidden onChange={(event) => { add(event.currentTarget.files); event.currentTarget.value = ""; }} aria-label={t("files.add")} />
      <Button variant="subtle" color="gray" loading={busy} leftSection={<IconPaperclip size={15} />} onClick={() => input.current?.click()}>{t("files.add")}</Button>
      <span className="small dim">{t("files.hint", { limit })}</span>
      {files.map((file, index) => (
        <span key={`${file.name}-${index}`} className={css.file}><IconFile size={14} aria-hidden /><span className="cut">{file.name}</span><span className="dim small num">{size(file.size)}</span>
          <ActionIcon size={20} aria-label={t("files.remove", { name: file.name })} onClick={() => onChange(files.filter((each) => each !== file))}><IconX size={13} /></ActionIcon></span>
      ))}
      {refused.length > 0 && <p className={css.error} role="alert">{refused.map(({ file, why }) => t(why === "empty" ? "files.empty" : "files.tooLarge", { name: file.name, size: size(file.size), limit })).join(" ")}</p>}
    </div>
  );
}
