import { Button } from "@mantine/core";
import { IconCheck, IconPlayerPlay, IconX } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { clock } from "../../shared/api.ts";
import { spell } from "../../shared/clock.tsx";
import { Skeleton } from "../../shared/parts.tsx";
import { useApi } from "../../shared/query.ts";
import { Below, Legend, type FieldProps } from "./simple.tsx";
import { useFilling, usePlace, useStore } from "./useForm.tsx";
import css from "./forms.module.css";

const Player = lazy(() => import("../calls/Player.tsx").then((module) => ({ default: module.Player })));

interface Consent { given: boolean; text?: string; language?: string; at?: string; interactionId?: string; recordingId?: string; offsetMs?: number }

/** What was read, in which language and version, who took it and when, and where in the recording: a dispute is settled by it (R163). */
export function ConsentField({ field, path }: FieldProps) {
  const t = useT();
  const { deeds, language } = useFilling();
  const place = usePlace(field, path);
  const consent = place.value as Consent | undefined;
  const words = field.document["x-text"]?.[language] ?? "";
  const answer = (given: boolean) => {
    const { call } = deeds;
    place.set({ given, text: words, language, at: new Date(Date.now() + clock.aheadMs).toISOString(), ...(call && { interactionId: call.id }) });
    place.onBlur();
  };
  return (
    <div role="group" aria-labelledby={`${place.id}-name`}>
      <Legend place={place} />
      <blockquote className={css.consent} lang={consent?.language}>{consent?.text ?? words}</blockquote>
      {place.readOnly ? <Answer given={consent?.given} /> : (
        <div className={css.files}>
          <Button id={place.id} size="compact-sm" variant={consent?.given ? "filled" : "default"} aria-pressed={consent?.given === true} leftSection={<IconCheck size={14} />} onClick={() => answer(true)}>{t("forms.agrees")}</Button>
          <Button size="compact-sm" variant={consent?.given === false ? "light" : "default"} aria-pressed={consent?.given === false} onClick={() => answer(false)}>{t("forms.refuses")}</Button>
        </div>
      )}
      {consent?.at && <Given consent={consent} path={path} at={consent.at} />}
      <Below error={place.error} />
    </div>
  );
}

function Answer({ given }: { given: boolean | undefined }) {
  const t = useT();
  if (given === undefined) return <span className={css.hint}>–</span>;
  return <span className={`chip ${given ? "live" : "warn"}`}>{given ? <IconCheck size={14} aria-hidden /> : <IconX size={14} aria-hidden />}{t(given ? "forms.agrees" : "forms.refuses")}</span>;
}

function Given({ consent, path, at }: { consent: Consent; path: string; at: string }) {
  const t = useT();
  const intl = useIntl();
  const { deeds } = useFilling();
  const filler = useStore((store) => store.fillerAt(path));
  const { data: form } = useApi("getForm", { query: { id: deeds.formId } }, { staleTime: Infinity, enabled: !deeds.isPublic && deeds.formId !== "" });
  // A form that was kept here before versions had a day has none.
  const version = form?.since && intl.formatDate(form.since, { dateStyle: "medium" });
  const moment = intl.formatDate(at, { dateStyle: "medium", timeStyle: "medium" });
  const how = filler?.by === "client" ? "client" : consent.interactionId ? "voice" : "operator";
  return (
    <>
      <p className={css.hint}>{filler ? t(`forms.consent.${how}`, { name: filler.name, at: moment }) : moment}{version && ` · ${t("forms.consent.version", { version })}`}</p>
      {consent.recordingId !== undefined && consent.offsetMs !== undefined && !deeds.isPublic && <Heard recordingId={consent.recordingId} offsetMs={consent.offsetMs} />}
    </>
  );
}

/** It is pressed after the words were read and answered: so much before it the question is heard. */
const BEFORE_MS = 10_000;

function Heard({ recordingId, offsetMs }: { recordingId: string; offsetMs: number }) {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  const startMs = Math.max(0, offsetMs - BEFORE_MS);
  return (
    <div className={css.heard}>
      {isOpen ? <Suspense fallback={<Skeleton rows={1} height={64} />}><Player recordingId={recordingId} startMs={startMs} autoPlay /></Suspense>
        : <Button size="compact-sm" variant="light" leftSection={<IconPlayerPlay size={14} aria-hidden />} onClick={() => setOpen(true)}>{t("forms.consent.play", { at: spell(startMs) })}</Button>}
      <span className={css.hint}>{t("forms.consent.where", { at: spell(offsetMs) })}</span>
    </div>
  );
}
