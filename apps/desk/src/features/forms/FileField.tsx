import { ActionIcon, Button } from "@mantine/core";
import { IconAlertTriangle, IconCloudOff, IconFile, IconPaperclip, IconUpload, IconX } from "@tabler/icons-react";
import { useRef, useSyncExternalStore } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useProblemText } from "../../shared/problem.tsx";
import { Below, Legend, type FieldProps } from "./simple.tsx";
import { useFilling, usePlace } from "./useForm.tsx";
import type { WaitingFile, WaitingFiles } from "./waiting.ts";
import css from "./forms.module.css";

const none: readonly WaitingFile[] = [];
const noop = () => () => undefined;
const useWaiting = (files: WaitingFiles | undefined): readonly WaitingFile[] => useSyncExternalStore(files?.subscribe ?? noop, () => files?.list ?? none);

/** Files that are with the server, and those on their way: without a network they wait here, and go when it is back. */
export function FileField({ field, path }: FieldProps) {
  const t = useT();
  const { deeds } = useFilling();
  const place = usePlace(field, path);
  const input = useRef<HTMLInputElement>(null);
  const waiting = useWaiting(deeds.files).filter((one) => one.path === path);
  const ids = Array.isArray(place.value) ? (place.value as string[]) : [];
  const add = (chosen: HTMLInputElement) => {
    deeds.files?.add(path, chosen.files ?? []);
    // The same file chosen again is a choice again.
    chosen.value = "";
  };
  return (
    <div role="group" aria-labelledby={`${place.id}-name`}>
      <Legend place={place} />
      <div className={css.files}>
        {ids.map((id) => { const known = deeds.fileName?.(id); return <span key={id} className={css.file}><IconFile size={14} aria-hidden />{known?.href ? <a href={known.href} download>{known.name}</a> : <span className="cut">{known?.name ?? t("forms.file")}</span>}{!place.readOnly && <ActionIcon size={20} aria-label={t("forms.removeFile", { name: known?.name ?? "" })} onClick={() => place.set(ids.length > 1 ? ids.filter((one) => one !== id) : null)}><IconX size={13} /></ActionIcon>}</span>; })}
        {waiting.map((one) => <Waiting key={one.id} waiting={one} onDrop={() => deeds.files?.drop(one.id)} />)}
        {waiting.some(({ isAway }) => isAway) && <Button size="compact-sm" variant="light" onClick={() => void deeds.files?.send()}>{t("forms.sendAgain")}</Button>}
        {!place.readOnly && <Button id={place.id} size="compact-sm" variant="default" disabled={!deeds.files} leftSection={<IconPaperclip size={14} />} onClick={() => input.current?.click()}>{t("forms.addFile")}</Button>}
        <input ref={input} type="file" hidden multiple accept={field.document["x-accept"]?.join(",")} aria-label={place.label} onChange={(event) => add(event.currentTarget)} />
      </div>
      <Below error={place.error} />
    </div>
  );
}

function Waiting({ waiting: { file, refusal, isAway, isKept }, onDrop }: { waiting: WaitingFile; onDrop: () => void }) {
  const t = useT();
  const textOf = useProblemText();
  const Sign = refusal ? IconAlertTriangle : isAway ? IconCloudOff : IconUpload;
  return (
    <span className={css.file} data-waits={refusal ? "refused" : isAway ? "away" : "sending"} role="status">
      <Sign size={14} aria-hidden /><span className="cut">{file.name}</span>
      <span className={css.fileState}>{refusal ? textOf(refusal).detail : t(!isAway ? "forms.fileSending" : isKept ? "forms.fileWaits" : "forms.fileLoose")}</span>
      <ActionIcon size={20} aria-label={t("forms.removeFile", { name: file.name })} onClick={onDrop}><IconX size={13} /></ActionIcon>
    </span>
  );
}
