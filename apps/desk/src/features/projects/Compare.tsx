import { useMemo } from "react";
import { useT } from "../../i18n/intl.tsx";
import { diff, shorten } from "./diff.ts";
import css from "./projects.module.css";

const MARK = { same: " ", gone: "−", new: "+" } as const;

/** Two texts line by line; what stayed the same is shown only near what did not. */
export function Compare({ before, after }: { before: string; after: string }) {
  const t = useT();
  const lines = useMemo(() => shorten(diff(before, after)), [before, after]);
  if (before === after) return <p className={`dim ${css.nothing}`}>{t("projects.noDifference")}</p>;
  return (
    <div className={`scroll ${css.compare}`} role="region" aria-label={t("projects.view.changes")} tabIndex={0}>
      <table><tbody>
        {lines.map((line, index) => (line === null
          ? <tr key={index} className={css.left}><td colSpan={4}>⋯</td></tr>
          : <tr key={index} data-kind={line.kind}><td className="num">{line.before}</td><td className="num">{line.after}</td><td>{MARK[line.kind]}{line.kind !== "same" && <span className="visually-hidden">{t(`projects.line.${line.kind}`)}</span>}</td><td><code>{line.text}</code></td></tr>))}
      </tbody></table>
    </div>
  );
}
