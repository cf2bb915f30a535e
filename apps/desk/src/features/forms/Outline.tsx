import { kinds, type Kind } from "@linija/forms";
import { IconAlertTriangle, IconAsterisk, IconEyeOff, IconForms, IconFunction, IconGripVertical, IconPencil, IconPlus } from "@tabler/icons-react";
import { useState, type DragEvent, type KeyboardEvent } from "react";
import { useT } from "../../i18n/intl.tsx";
import type { Bench } from "./FormBuilder.tsx";
import css from "./builder.module.css";

interface Place { section: number; at: number }
type Dragged = { kind: Kind } | { key: string };
const TYPE = "application/x-linija-field";

/** Sections and fields in their order: dragged, or moved by Alt with the arrows; and the kinds fields are made of. */
export function Outline({ bench, onAdd }: { bench: Bench; onAdd: (kind: Kind, place?: Place) => void }) {
  const t = useT();
  const { written, language, chosen, choose, change } = bench;
  const [over, setOver] = useState<string | null>(null);
  const drop = (event: DragEvent, place: Place): void => {
    event.preventDefault();
    event.stopPropagation();
    setOver(null);
    const dragged = JSON.parse(event.dataTransfer.getData(TYPE) || "null") as Dragged | null;
    if (!dragged) return;
    if ("kind" in dragged) onAdd(dragged.kind, place);
    else change({ do: "move", key: dragged.key, ...landing(bench, dragged.key, place) });
  };
  const target = (id: string, place: Place) => ({
    "data-over": over === id || undefined, onDrop: (event: DragEvent) => drop(event, place), onDragLeave: () => setOver(null),
    onDragOver: (event: DragEvent) => { event.preventDefault(); event.stopPropagation(); setOver(id); },
  });
  return (
    <>
      <nav aria-label={t("forms.b.outline")}>
        <button type="button" className={css.formName} aria-current={chosen === null || undefined} onClick={() => choose(null)}><IconForms size={14} aria-hidden /><span className="grow cut">{written.name?.[language] || t("forms.b.unnamed")}</span><IconPencil size={13} aria-hidden /></button>
        {written.sections.map((section, index) => (
          <div key={section.key} className={css.section} {...target(`section:${section.key}`, { section: index, at: section.fields.length })}>
            <button type="button" className={css.sectionName} aria-current={(chosen?.kind === "section" && chosen.at === index) || undefined} onClick={() => choose({ kind: "section", at: index })}>{section.name?.[language] ?? (written.name?.[language] || section.key)}</button>
            {section.fields.map((key, at) => <Item key={key} fieldKey={key} place={{ section: index, at }} bench={bench} target={target(key, { section: index, at })} />)}
          </div>
        ))}
        <button type="button" className={css.addSection} onClick={() => { change({ do: "section", key: freeSection(bench) }); choose({ kind: "section", at: written.sections.length }); }}><IconPlus size={13} aria-hidden />{t("forms.b.addSection")}</button>
      </nav>
      <h2 className={css.title}>{t("forms.b.palette")}</h2>
      <div className={css.palette}>
        {kinds.map((kind) => <button key={kind} type="button" className={css.kind} draggable onDragStart={(event) => event.dataTransfer.setData(TYPE, JSON.stringify({ kind }))} onClick={() => onAdd(kind)}>{t(`forms.kind.${kind}`)}</button>)}
      </div>
    </>
  );
}

const freeSection = ({ written }: Bench): string => { for (let n = written.sections.length + 1; ; n++) if (!written.sections.some(({ key }) => key === `section${n}`)) return `section${n}`; };

/** Taken out of its own section, what stands behind it moves up. */
function landing({ written }: Bench, key: string, { section, at }: Place): Place {
  const from = written.sections[section]?.fields.indexOf(key) ?? -1;
  return { section, at: from >= 0 && from < at ? at - 1 : at };
}

interface ItemProps { fieldKey: string; place: Place; bench: Bench; target: object }

function Item({ fieldKey, place, bench, target }: ItemProps) {
  const t = useT();
  const { written, language, chosen, choose, change, problemsAt } = bench;
  const field = written.fields[fieldKey];
  const kind = kinds.find((one) => one === field?.["x-kind"]);
  const isChosen = chosen?.kind === "field" && chosen.key === fieldKey;
  const isWrong = problemsAt(`schema.properties.${fieldKey}`).length > 0 || problemsAt(`show.${fieldKey}`).length > 0 || problemsAt(`computed.${fieldKey}`).length > 0 || problemsAt(`require.${fieldKey}`).length > 0;
  const keys = (event: KeyboardEvent<HTMLButtonElement>): void => {
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      const next = neighbour(bench, place, event.key === "ArrowUp" ? -1 : 1);
      if (next) change({ do: "move", key: fieldKey, ...next });
      requestAnimationFrame(() => document.getElementById(`outline-${fieldKey}`)?.focus());
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      const all = written.sections.flatMap(({ fields }) => fields);
      document.getElementById(`outline-${all[all.indexOf(fieldKey) + (event.key === "ArrowUp" ? -1 : 1)] ?? ""}`)?.focus();
    } else if (event.key === "Delete") {
      event.preventDefault();
      change({ do: "remove", key: fieldKey });
      choose(null);
    }
  };
  return (
    <button type="button" id={`outline-${fieldKey}`} className={css.item} aria-current={isChosen || undefined} aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Delete" draggable onDragStart={(event) => event.dataTransfer.setData(TYPE, JSON.stringify({ key: fieldKey }))} onClick={() => choose({ kind: "field", key: fieldKey })} onKeyDown={keys} {...target}>
      <IconGripVertical size={13} aria-hidden className={css.grip} />
      <span className="grow cut">{field?.["x-name"]?.[language] ?? fieldKey}</span>
      {kind && <span className={css.ofKind}>{t(`forms.kind.${kind}`)}</span>}
      {isWrong && <IconAlertTriangle size={13} className={css.wrong} role="img" aria-label={t("forms.b.wrong")} />}
      {written.required.includes(fieldKey) && <IconAsterisk size={11} role="img" aria-label={t("forms.b.required")} />}
      {written.computed[fieldKey] !== undefined && <IconFunction size={13} role="img" aria-label={t("forms.b.computed")} />}
      {written.show[fieldKey] !== undefined && <IconEyeOff size={13} role="img" aria-label={t("forms.b.conditional")} />}
    </button>
  );
}

function neighbour({ written }: Bench, { section, at }: Place, step: -1 | 1): Place | null {
  const { fields } = written.sections[section]!;
  if (at + step >= 0 && at + step < fields.length) return { section, at: at + step };
  const next = written.sections[section + step];
  return next ? { section: section + step, at: step < 0 ? next.fields.length : 0 } : null;
}
