import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { moneyOf } from "../../shared/numbers.ts";

export const isInstant = (value: unknown): value is string => typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);

/** What was written into a field of the process, as people of the reader's language write it. */
export function FactValue({ fact: { kind, value, currency } }: { fact: TicketView["facts"][number] }) {
  const t = useT();
  const { locale, formatDate } = useIntl();
  if (isInstant(value)) return <Moment at={value} full zone />;
  if (typeof value === "boolean") return t(value ? "process.yes" : "process.no");
  if (kind === "date") return <span className="num">{formatDate(`${value}T12:00:00`, { day: "numeric", month: "long", year: "numeric" })}</span>;
  if (kind === "money" && currency) return <span className="num">{moneyOf({ amount: String(value), currency }, locale)}</span>;
  return <span className="pre">{value}</span>;
}
