import type { TicketFilter } from "@linija/server/contract/views/views";
import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { digitsOf, moneyOf, readOf } from "../../shared/numbers.ts";
import { useColumns } from "./ColumnsPicker.tsx";
import { takesValue, wordOf, type Condition, type Field } from "./FieldFilter.tsx";
import css from "./views.module.css";

/** What is asked of fields, in words, so that it is seen with the panel shut. */
export function FieldChips({ filter, onChange }: { filter: TicketFilter; onChange: (fields: Condition[]) => void }) {
  const asked = filter.fields ?? [];
  return asked.length > 0 && <Chips asked={asked} onChange={onChange} />;
}

function Chips({ asked, onChange }: { asked: Condition[]; onChange: (fields: Condition[]) => void }) {
  const t = useT();
  const { fields, nameOf } = useColumns();
  const wordsOf = useWords();
  return (
    <ul className={css.chips} aria-label={t("views.filter")}>
      {asked.map((condition, index) => {
        if (takesValue(condition.is) && condition.value === undefined) return null;
        const field = fields.find(({ key }) => key === condition.field);
        const is = condition.is === "equal" ? "" : t(wordOf(field ?? { kind: "text" }, condition.is));
        const what = `${nameOf(condition.field)}: ${[is, wordsOf(field, condition)].filter(Boolean).join(" ")}`;
        return <li key={`${condition.field} ${index}`} className="chip"><span className="cut">{what}</span><ActionIcon size={18} variant="transparent" aria-label={t("views.fieldAway", { what })} onClick={() => onChange(asked.filter((_, at) => at !== index))}><IconX size={13} /></ActionIcon></li>;
      })}
    </ul>
  );
}

/** A value as people of the reader's language write one of its kind. */
function useWords(): (field: Field | undefined, condition: Condition) => string {
  const t = useT();
  const intl = useIntl();
  return (field, { value }) => {
    if (value === undefined) return "";
    if (typeof value === "boolean") return t(value ? "views.yes" : "views.no");
    const option = field?.options.find((each) => each.value === String(value));
    if (option) return option.name;
    if (typeof value === "number") return field?.currency ? moneyOf({ amount: digitsOf(value), currency: field.currency }, intl.locale) : readOf(digitsOf(value), intl.locale);
    if ((field?.kind === "date" || field?.kind === "moment") && /^\d{4}-\d\d-\d\d$/.test(value)) return intl.formatDate(`${value}T12:00:00`, { dateStyle: "medium" });
    return `“${value}”`;
  };
}
