import { newRow, sums, type Field } from "@linija/forms";
import { ActionIcon, Button } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { CSSProperties } from "react";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { moneyOf, readOf } from "../../shared/numbers.ts";
import { draw } from "./kinds.tsx";
import { Below, Legend, type FieldProps } from "./simple.tsx";
import { inputId, useFilling, usePlace, useStore } from "./useForm.tsx";
import css from "./forms.module.css";

/** Rows; where there is no width for columns, cards. */
export function TableField({ field, path }: FieldProps) {
  const t = useT();
  const { locale } = useIntl();
  const { store, language, prefix } = useFilling();
  const place = usePlace(field, path);
  const rows = Array.isArray(place.value) ? (place.value as unknown[]) : [];
  const columns = [...field.parts.values()];
  const totals = sums(field, rows);
  const add = () => {
    const at = `${path}.${rows.length}.${columns[0]?.key ?? ""}`;
    place.set([...rows, newRow(store.form, field.path)]);
    requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(inputId(prefix, at))?.focus()));
  };
  const isFull = rows.length >= (field.document.maxItems ?? Infinity);
  return (
    <div role="group" aria-labelledby={`${place.id}-name`} className={css.tableBox}>
      <Legend place={place} />
      {rows.map((_, index) => (
        // Rows have no name but their place.
        <div key={index} className={css.row} role="group" aria-label={t("forms.row", { number: index + 1 })} style={{ "--columns": columns.length } as CSSProperties}>
          {columns.map((column) => <Column key={column.key} column={column} path={`${path}.${index}.${column.key}`} />)}
          {!place.readOnly && <ActionIcon size={28} className={css.rowEnd} aria-label={t("forms.removeRow", { number: index + 1 })} onClick={() => place.set(rows.length > 1 ? rows.toSpliced(index, 1) : null)}><IconTrash size={15} /></ActionIcon>}
        </div>
      ))}
      <div className={css.tableFoot}>
        {!place.readOnly && <Button id={place.id} size="compact-sm" variant="default" disabled={isFull} leftSection={<IconPlus size={14} />} onClick={add}>{t("forms.addRow")}</Button>}
        <span className="grow" />
        {Object.entries(totals).map(([key, sum]) => sum !== null && <span key={key} className="num">{field.parts.get(key)?.name[language]}: <strong>{typeof sum === "string" ? readOf(sum, locale) : moneyOf(sum, locale)}</strong></span>)}
      </div>
      <Below error={place.error} />
    </div>
  );
}

function Column({ column, path }: { column: Field; path: string }) {
  const isVisible = useStore((store) => store.isShown(path));
  return isVisible ? <div className={css.column}>{draw(column, path)}</div> : <div />;
}
