import { Button } from "@mantine/core";
import type { NotificationData } from "@mantine/notifications";
import { lazy, useCallback } from "react";
import { useT } from "../i18n/intl.tsx";
import { newId } from "./ids.ts";
import { useProblemText } from "./problem.tsx";

const load = () => import("./Toasts.tsx");
let wake: () => void = () => undefined;
/** Nothing is said in the first moments of a page; then it is there before it is needed, also when the server is not. */
const awake = new Promise<void>((done) => { wake = done; setTimeout(done, 1500); });
export const Toasts = lazy(() => awake.then(load));

function show(toast: NotificationData): void {
  wake();
  void load().then(({ notifications, words }) => notifications.show({ closeButtonProps: { "aria-label": words.close }, ...toast }));
}

/** A refusal outside a form: said once, quietly, at the corner. */
export function useRefusal(): (error: unknown) => void {
  const text = useProblemText();
  return useCallback((error) => {
    const { title, detail } = text(error);
    show({ color: "red", title, message: detail, autoClose: 7000 });
  }, [text]);
}

export const say = (message: string) => show({ message, autoClose: 3500 });

const withDeed = (message: string, label: string, deed: () => void) => {
  const id = newId();
  const press = () => { void load().then(({ notifications }) => notifications.hide(id)); deed(); };
  show({ id, autoClose: 7000, message: <span className="row between">{message}<Button size="compact-sm" variant="subtle" flex="none" onClick={press}>{label}</Button></span> });
};

/** Something happened elsewhere; a press opens it. */
export function useNews(): (message: string, open?: () => void) => void {
  const t = useT();
  return useCallback((message, open) => (open ? withDeed(message, t("do.open"), open) : say(message)), [t]);
}

/** Done at once, and undone by one press: kinder than a question before every deed. */
export function useUndo(): (message: string, undo: () => void) => void {
  const t = useT();
  return (message, undo) => withDeed(message, t("do.undo"), undo);
}
