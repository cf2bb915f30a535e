import { Button } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { inputId, useFilling, useStore } from "./useForm.tsx";
import css from "./forms.module.css";

/** How far the form is, and the way to what is missing. Ctrl+↓ goes there, too. */
export function Progress() {
  const t = useT();
  const { prefix, language } = useFilling();
  const { percent, missing, total, filled } = useStore((store) => store.completeness);
  const next = missing[0];
  return (
    <div className={css.progress}>
      <div className={css.track} role="progressbar" aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100} aria-label={t("forms.completeness")}><div className={css.fill} data-done={percent === 100 || undefined} style={{ width: `${percent}%` }} /></div>
      <span className="num small" title={t("forms.filledOf", { filled, total })}>{percent} %</span>
      {next && <Button size="compact-xs" variant="subtle" className={css.next} rightSection={<IconArrowRight size={13} aria-hidden />} onClick={() => goTo(prefix, next.path)}>{t("forms.next", { name: next.name[language] })}</Button>}
    </div>
  );
}

/** The input of a place, or the first one within it. */
export function goTo(prefix: string, path: string): void {
  const input = document.getElementById(inputId(prefix, path)) ?? document.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"] :is(input, textarea, button)`) ?? document.querySelector<HTMLElement>(`[data-path="${CSS.escape(path.split(".")[0]!)}"] :is(input, textarea, button)`);
  // A choice of few is a group of radios: the group itself takes no focus.
  const target = input?.matches("input, textarea, button, select") ? input : input?.querySelector<HTMLElement>("input, button") ?? input;
  target?.scrollIntoView({ block: "center" });
  target?.focus({ preventScroll: true });
}
