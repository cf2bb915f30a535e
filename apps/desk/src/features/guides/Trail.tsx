import type { RunView } from "@linija/server/contract/guides/guides";
import { useT } from "../../i18n/intl.tsx";
import css from "./guides.module.css";

/** The way so far: what was said in short, what was answered, what was written down. */
export function Trail({ run }: { run: RunView }) {
  const t = useT();
  const spoken = (value: string | number | boolean) => (typeof value === "boolean" ? t(value ? "guides.yes" : "guides.no") : String(value));
  if (run.path.length === 0) return null;
  return (
    <ol className={css.trail} aria-label={t("guides.trail")}>
      {run.path.map((passed, index) => (
        <li key={index}><span className="small dim cut">{passed.said}</span>
          {passed.choice && <b className="small">{passed.choice}</b>}
          {passed.values.map(({ field, name, value }) => <span key={field} className="small">{name}: {spoken(value)}</span>)}
        </li>
      ))}
    </ol>
  );
}
