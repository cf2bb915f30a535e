import { Button } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useT } from "../i18n/intl.tsx";

/** The first of a list, with a button for the rest. */
export function useShown<T>(items: T[], count: number): { shown: T[]; more: ReactNode } {
  const t = useT();
  const [all, setAll] = useState(false);
  if (all || items.length <= count) return { shown: items, more: null };
  return { shown: items.slice(0, count), more: <div><Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>{t("work.showAll", { count: items.length })}</Button></div> };
}
