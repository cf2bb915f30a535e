import { useT } from "../../i18n/intl.tsx";
import { strengthOf, type Verdict } from "./strength.ts";
import css from "./access.module.css";

/** Said in words; the bars only repeat it. */
export function Strength({ password, names, current }: { password: string; names: string[]; current: string }) {
  const t = useT();
  const verdict = strengthOf(password, names, current);
  const bars = barsOf(verdict);
  return (
    <span className={css.strength} data-bars={bars}>
      <span className={css.bars} aria-hidden><span /><span /><span /></span>
      <span aria-live="polite">{verdict.word === "short" ? t("password.short", { count: verdict.missing }) : t(`password.${verdict.word}`)}</span>
    </span>
  );
}

function barsOf({ word }: Verdict): number {
  if (word === "empty") return 0;
  if (word === "strong") return 3;
  return word === "good" ? 2 : 1;
}
