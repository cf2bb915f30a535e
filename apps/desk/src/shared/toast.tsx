import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useCallback } from "react";
import { useT } from "../i18n/intl.tsx";
import { useProblemText } from "./problem.tsx";

/** A refusal outside a form: said once, quietly, at the corner. */
export function useRefusal(): (error: unknown) => void {
  const text = useProblemText();
  return useCallback((error) => {
    const { title, detail } = text(error);
    notifications.show({ color: "red", title, message: detail, autoClose: 7000 });
  }, [text]);
}

export const say = (message: string) => notifications.show({ message, autoClose: 3500 });

/** Done at once, and undone by one press: kinder than a question before every deed. */
export function useUndo(): (message: string, undo: () => void) => void {
  const t = useT();
  return (message, undo) => {
    const id = notifications.show({
      autoClose: 7000,
      message: <span className="row between">{message}<Button size="compact-sm" variant="subtle" onClick={() => { notifications.hide(id); undo(); }}>{t("do.undo")}</Button></span>,
    });
  };
}
