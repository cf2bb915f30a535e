import { Button } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { homeOf, useMe } from "../features/access/session.ts";
import { useT } from "../i18n/intl.tsx";
import { Empty, Page } from "../shared/parts.tsx";

/** An address that leads nowhere: said so, with the way back. */
export function Nowhere() {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate();
  return <Page title={t("nowhere.title")}><Empty icon={<IconMapOff size={22} />} text={t("nowhere.text")} action={<Button size="sm" onClick={() => void navigate({ to: homeOf(me) })}>{t("nowhere.home")}</Button>} /></Page>;
}
