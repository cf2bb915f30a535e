import { fieldAt, valueAt, type Field } from "@linija/forms";
import { Button, Popover, TextInput, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconBuilding, IconEye, IconHeadset, IconPencil, IconUser, IconWand } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { wordsOf } from "./history.ts";
import { Below } from "./simple.tsx";
import { inputId, useFilling, useStore } from "./useForm.tsx";
import css from "./forms.module.css";

const signs = { client: IconUser, operator: IconHeadset, department: IconBuilding, system: IconWand };

/** The frame of one field: who filled it, who is typing there, what is hidden, what two people wrote at once. */
export function Cell({ field, path, children }: { field: Field; path: string; children: ReactNode }) {
  const isVisible = useStore((store) => store.isShown(path));
  const width = useStore((store) => store.form.sections.flatMap((section) => section.fields).find((one) => one.path === path)?.width ?? 1);
  const mask = useStore((store) => store.maskAt(path));
  const isTyped = useStore((store) => store.typingAt(path) !== null);
  if (!isVisible) return null;
  return (
    <div className={css.cell} data-path={path} data-width={width} data-typed={isTyped || undefined}>
      {mask ? <Masked field={field} path={path} mayReveal={mask.mayReveal} /> : children}
      <Marks path={path} />
      <ConflictNote path={path} />
    </div>
  );
}

function Marks({ path }: { path: string }) {
  const t = useT();
  const { deeds } = useFilling();
  const intl = useIntl();
  const filler = useStore((store) => store.fillerAt(path));
  const typing = useStore((store) => store.typingAt(path));
  if (typing) return <span className={css.typing} role="status"><IconPencil size={12} aria-hidden />{t("forms.typing", { name: typing.name || t(`forms.by.${typing.by}`) })}</span>;
  if (!filler) return null;
  const Sign = signs[filler.by];
  const words = t("forms.filledBy", { who: t(`forms.by.${filler.by}`), name: filler.name || "–", at: intl.formatDate(filler.at, { dateStyle: "medium", timeStyle: "short" }) });
  if (!deeds.history) return <Tooltip label={words} multiline maw={280}><span className={css.mark} data-by={filler.by} role="img" aria-label={words}><Sign size={12} aria-hidden /></span></Tooltip>;
  return <Tooltip label={words} multiline maw={280}><button type="button" className={css.mark} data-by={filler.by} aria-label={`${t("forms.history")}: ${words}`} onClick={() => deeds.history?.(path)}><Sign size={12} aria-hidden /></button></Tooltip>;
}

/** Theirs stands in the field; mine is one press away and lost to nobody. */
function ConflictNote({ path }: { path: string }) {
  const t = useT();
  const { store, readOnly } = useFilling();
  const words = usePlain();
  const conflicts = useStore((one) => one.conflicts);
  const mine = conflicts.filter((one) => one.path === path || one.path.startsWith(`${path}.`));
  return mine.map((one) => (
    <div key={one.path} className={css.conflict} role="group" aria-label={t("forms.conflictHeard")}>
      {/* Heard once, when it appears: what stands there grows with each key. */}
      <span className="visually-hidden" role="alert">{t("forms.conflictHeard")}</span>
      <IconAlertTriangle size={14} aria-hidden /><span className="grow">{t(readOnly ? "forms.conflictLate" : "forms.conflict", { value: words(one.path, one.mine) })}</span>
      {!readOnly && <Button size="compact-xs" variant="default" onClick={() => { store.write(one.path, one.mine); store.settle(one.path); }}>{t("forms.takeMine")}</Button>}
      <Button size="compact-xs" variant="subtle" onClick={() => store.settle(one.path)}>{t(readOnly ? "forms.conflictNoted" : "forms.keepTheirs")}</Button>
    </div>
  ));
}

/** A value of a place on one line, as its reader writes it. */
function usePlain(): (path: string, value: unknown) => string {
  const t = useT();
  const { locale } = useIntl();
  const { store, language } = useFilling();
  return (path, value) => wordsOf(fieldAt(store.form.fields, path), value, { language, locale, yes: t("forms.yes"), no: t("forms.no") });
}

function Masked({ field, path, mayReveal }: { field: Field; path: string; mayReveal: boolean }) {
  const t = useT();
  const { store, deeds, language, readOnly, prefix } = useFilling();
  const fixed = store.form.computed.has(field.path) || field.document.readOnly === true;
  const isClients = useStore((one) => one.fillerAt(path)?.by === "client");
  const refused = useStore((one) => one.refusedAt(path));
  const words = usePlain();
  const bullets = useStore((one) => one.maskAt(path) && words(path, valueAt(one.data, path)));
  const [shown, setShown] = useState<string | null>(null);
  return (
    <div role="group" aria-labelledby={`${inputId(prefix, path)}-name`}>
      <span className={css.label} id={`${inputId(prefix, path)}-name`}>{field.name[language]}</span>
      <div className={css.masked}>
        <span className="num grow" id={inputId(prefix, path)} tabIndex={-1}>{shown ?? bullets}</span>
        {shown === null && mayReveal && deeds.reveal && <Reveal onAsk={async (reason) => setShown(words(path, await deeds.reveal!(path, reason)))} />}
        {!readOnly && !fixed && shown === null && mayReveal && <span className={css.hint}>{t("forms.unseenHint")}</span>}
        {/* Nobody writes over what they have not seen; a client by a link knows what they wrote. */}
        {!readOnly && !fixed && (shown !== null || (deeds.isPublic && isClients)) && <Button size="compact-xs" variant="subtle" onClick={() => store.unmask(path)}>{t("forms.writeAnew")}</Button>}
      </div>
      <Below error={refused} />
    </div>
  );
}

const FEWEST = 3;

function Reveal({ onAsk }: { onAsk: (reason: string) => Promise<void> }) {
  const t = useT();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<unknown>(null);
  const ask = () => { if (reason.trim().length >= FEWEST) void onAsk(reason.trim()).catch(setError); };
  return (
    <Popover width={260} position="bottom-end" trapFocus>
      <Popover.Target><Button size="compact-xs" variant="light" leftSection={<IconEye size={13} />}>{t("contacts.show")}</Button></Popover.Target>
      <Popover.Dropdown>
        <div className={css.stack}>
          <TextInput data-autofocus label={t("contacts.reason")} description={t("contacts.kept")} maxLength={300} value={reason} onChange={(event) => setReason(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === "Enter") { event.preventDefault(); ask(); } }} />
          <ProblemNote error={error} />
          <Button size="compact-sm" disabled={reason.trim().length < FEWEST} onClick={ask}>{t("contacts.show")}</Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
