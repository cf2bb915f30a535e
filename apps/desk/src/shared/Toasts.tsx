import "@mantine/core/styles/Notification.css";
import "@mantine/notifications/styles.css";
import "./toasts.css";
import { Notifications } from "@mantine/notifications";
import { useT } from "../i18n/intl.tsx";

export { notifications } from "@mantine/notifications";

/** What the close button is called, in the language of the desk: messages are shown from places that have no words of their own. */
export const words = { close: "×" };

/** Where short messages appear: the corner that hides least, over the list and never over a form's buttons. */
export default function Toasts() {
  words.close = useT()("do.close");
  return <Notifications position="bottom-left" limit={3} containerWidth={340} transitionDuration={100} />;
}
