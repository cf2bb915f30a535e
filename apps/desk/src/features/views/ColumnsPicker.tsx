import { ActionIcon, Button, Popover, Select } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconColumns3, IconX } from "@tabler/icons-react";
import { useT, type MessageKey } from "../../i18n/intl.tsx";
import { useApi } from "../../shared/query.ts";
import { defaultColumns, isOwn, MOST_COLUMNS, ownColumns, type Column, type OwnColumn } from "./columns.ts";
import css from "./views.module.css";

const names: Record<OwnColumn, MessageKey> = {
  number: "col.number", subject: "views.column.subject", stage: "col.stage", priority: "register.priority", owner: "ticket.owner", due: "ticket.due", changed: "col.changed", created: "ticket.created",
  department: "ticket.department", client: "col.client", project: "views.project", channel: "views.channel",
};

/** What columns are called, and of what kind those of fields are. */
export function useColumns() {
  const t = useT();
  const { data } = useApi("ticketColumns", null, { staleTime: 5 * 60_000 });
  const fields = new Map((data?.items ?? []).map((each) => [each.key as string, each]));
  return {
    fields: data?.items ?? [], kindOf: (column: Column) => fields.get(column)?.kind ?? "text",
    nameOf: (column: Column): string => (isOwn(column) ? t(names[column]) : fields.get(column)?.name ?? column.replace(/^\w+\./, "").replaceAll("_", " ")),
  };
}

/** Which columns the list has, in their order; kept with a view when it is saved. */
export function ColumnsPicker({ columns, onChange }: { columns: Column[]; onChange: (columns: Column[]) => void }) {
  const t = useT();
  const { fields, nameOf } = useColumns();
  const swap = (at: number, to: number) => onChange(columns.map((column, index) => (index === at ? columns[to]! : index === to ? columns[at]! : column)));
  const left = (keys: readonly Column[]) => keys.filter((key) => !columns.includes(key)).map((key) => ({ value: key, label: nameOf(key) }));
  const choices = [{ group: t("views.ofTicket"), items: left(ownColumns) }, { group: t("views.ofForm"), items: left(fields.map(({ key }) => key).filter((key) => key.startsWith("form."))) }, { group: t("views.ofProcess"), items: left(fields.map(({ key }) => key).filter((key) => key.startsWith("fields."))) }].filter(({ items }) => items.length > 0);
  return (
    <Popover width={320} position="bottom-end" trapFocus>
      <Popover.Target><Button variant="default" title={t("views.columns")} leftSection={<IconColumns3 size={15} />}>{t("views.columns")}</Button></Popover.Target>
      <Popover.Dropdown>
        <div className="stack">
          <ol className={css.columnList} aria-label={t("views.columns")}>
            {columns.map((column, index) => (
              <li key={column}>
                <span className="grow cut" title={nameOf(column)}>{nameOf(column)}</span>
                <ActionIcon size={24} variant="subtle" disabled={index === 0} aria-label={t("views.columnUp", { name: nameOf(column) })} onClick={() => swap(index, index - 1)}><IconArrowUp size={14} /></ActionIcon>
                <ActionIcon size={24} variant="subtle" disabled={index === columns.length - 1} aria-label={t("views.columnDown", { name: nameOf(column) })} onClick={() => swap(index, index + 1)}><IconArrowDown size={14} /></ActionIcon>
                <ActionIcon size={24} variant="subtle" disabled={columns.length === 1} aria-label={t("views.columnAway", { name: nameOf(column) })} onClick={() => onChange(columns.filter((each) => each !== column))}><IconX size={14} /></ActionIcon>
              </li>
            ))}
          </ol>
          <Select size="xs" searchable placeholder={t("views.columnAdd")} aria-label={t("views.columnAdd")} data={choices} value={null} disabled={columns.length >= MOST_COLUMNS} nothingFoundMessage={t("views.columnNone")} comboboxProps={{ withinPortal: false }} maxDropdownHeight={220}
            onChange={(value) => { if (value) onChange([...columns, value as Column]); }} />
          <div className="row"><Button size="compact-sm" variant="subtle" onClick={() => onChange(defaultColumns)}>{t("views.columnsBegin")}</Button></div>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
