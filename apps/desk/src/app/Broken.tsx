import { Button } from "@mantine/core";
import { IconMoodSad } from "@tabler/icons-react";
import { useT } from "../i18n/intl.tsx";
import { Empty, Page } from "../shared/parts.tsx";

/** A fault of ours on one page: the frame and the call stay, and it says what is safe. */
export function Broken({ reset }: { reset: () => void }) {
  const t = useT();
  return <Page title={t("broken.title")}><Empty icon={<IconMoodSad size={22} />} text={t("broken.text")} action={<Button size="sm" onClick={reset}>{t("broken.again")}</Button>} /></Page>;
}
