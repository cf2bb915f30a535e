import type { TraceView } from "@linija/server/contract/automation/automation";
import { LABELS } from "@linija/rules";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { digitsOf, moneyOf, readOf } from "../../shared/numbers.ts";
import { useLanguage } from "./catalogue.ts";
import css from "./rules.module.css";

/** A value as people of a language read it: money, numbers and texts without the signs of JSON. */
export function shownValue(value: unknown, locale: string): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return value;
  if (typeof value === "number") return readOf(digitsOf(value), locale);
  if (Array.isArray(value) && value.length > 0) return value.map((each) => shownValue(each, locale)).join("; ");
  if (typeof value === "object" && "amount" in value && "currency" in value) return moneyOf({ amount: String(value.amount), currency: String(value.currency) }, locale);
  return typeof value === "object" ? JSON.stringify(value) : String(value as boolean);
}

interface Did { changes: readonly { target: string; from?: unknown; to: unknown }[]; actions: readonly { action: string; params: Readonly<Record<string, unknown>> }[] }

/** What a run set and did. */
export function Outcome({ changes, actions }: Did) {
  const { locale } = useIntl();
  return (
    <ul className={css.outcome}>
      {changes.map(({ target, from, to }) => <li key={target}><code>{target}</code> <span className={css.was}>{shownValue(from, locale)}</span> → <b>{shownValue(to, locale)}</b></li>)}
      {actions.map(({ action, params }, index) => <li key={index}><code>{action}</code> {Object.entries(params).filter(([, value]) => value !== null).map(([key, value]) => <span key={key} className="dim">{key}: {shownValue(value, locale)} </span>)}</li>)}
    </ul>
  );
}

const MOST = 28;

/** A sentence has a line of its own where the columns have no room side by side. */
const Result = ({ text }: { text: string }) => <td data-long={text.length > MOST || undefined}>{text}</td>;

/** Step by step: what was read, what came out, when. */
export function Trace({ trace, onLine }: { trace: TraceView; onLine?: (line: number) => void }) {
  const t = useT();
  const language = useLanguage();
  const { locale } = useIntl();
  if (trace.entries.length === 0) return null;
  return (
    <div className={css.traceBox}>
      <table className={css.trace}>
        <thead><tr><th>{t("rules.traceLine")}</th><th>{t("rules.traceStep")}</th><th>{t("rules.traceRead")}</th><th>{t("rules.traceResult")}</th></tr></thead>
        <tbody>
          {trace.entries.map((entry, index) => (
            <tr key={index} data-wrong={entry.problem !== undefined || undefined}>
              <td>{onLine ? <button type="button" className={css.link} onClick={() => onLine(entry.line)}>{entry.line}</button> : entry.line}</td>
              <td>{LABELS[entry.kind]?.[language] ?? entry.kind}{entry.target && <> <code>{entry.target}</code></>}</td>
              <td>{Object.entries(entry.inputs).map(([path, value]) => <div key={path}><code>{path}</code> = {shownValue(value, locale)}</div>)}</td>
              <Result text={entry.problem ?? shownValue(entry.result, locale)} />
            </tr>
          ))}
        </tbody>
      </table>
      {trace.dropped > 0 && <p className="dim small">{t("rules.traceDropped", { count: trace.dropped })}</p>}
    </div>
  );
}
