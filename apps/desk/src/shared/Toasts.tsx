import "@mantine/core/styles/Notification.css";
import "@mantine/notifications/styles.css";
import "./toasts.css";
import { Notifications, useNotifications } from "@mantine/notifications";
import { useLayoutEffect } from "react";
import { useT } from "../i18n/intl.tsx";
import { toastPlace } from "./toastPlace.ts";

export { notifications } from "@mantine/notifications";

/** What the close button is called, in the language of the desk: messages are shown from places that have no words of their own. */
export const words = { close: "×" };

const MOST = 3;
/** A message of two lines with the gap to the next. */
const HIGH = 74;
const EVENTS = ["focusin", "focusout", "input", "resize"] as const;
/** What is written in now, and boxes that wait to be written in at the foot of a page. */
const TYPED = "[data-typed-in], input:focus, textarea:focus, [contenteditable]:focus";

/** While there are messages they stand where nothing is typed. */
function useClearPlace(): void {
  const { notifications: shown } = useNotifications();
  const count = shown.length;
  useLayoutEffect(() => {
    if (count === 0) return undefined;
    const place = (): void => {
      const typed = [...document.querySelectorAll(TYPED)].map((each) => each.getBoundingClientRect());
      const at = toastPlace(typed, { width: innerWidth, height: innerHeight }, Math.min(count, MOST) * HIGH);
      const { style } = document.documentElement;
      style.setProperty("--toasts-bottom", "bottom" in at ? `${at.bottom}px` : "auto");
      style.setProperty("--toasts-top", "top" in at ? `${at.top}px` : "auto");
    };
    place();
    for (const event of EVENTS) addEventListener(event, place);
    return () => { for (const event of EVENTS) removeEventListener(event, place); };
  }, [count]);
}

/** Where short messages appear: the corner that hides least, over the list and never over a form's buttons or what is being typed. */
export default function Toasts() {
  words.close = useT()("do.close");
  useClearPlace();
  return <Notifications position="bottom-left" limit={MOST} containerWidth={340} transitionDuration={100} />;
}
