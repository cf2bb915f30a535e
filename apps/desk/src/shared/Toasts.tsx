import "@mantine/core/styles/Notification.css";
import "@mantine/notifications/styles.css";
import { Notifications } from "@mantine/notifications";

export { notifications } from "@mantine/notifications";

/** Where short messages appear: the corner that hides least, over the list and never over a form's buttons. */
export default function Toasts() {
  return <Notifications position="bottom-left" limit={3} containerWidth={340} transitionDuration={100} />;
}
