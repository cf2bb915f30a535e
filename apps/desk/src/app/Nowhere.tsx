import { Button } from "@mantine/core";
import { IconLock, IconMapOff } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { homeOf, useMe } from "../features/access/session.ts";
import { useT } from "../i18n/intl.tsx";
import { Empty, Page } from "../shared/parts.tsx";

/** An address that leads nowhere, or to a page of another role: said so, with the way back. */
export function Nowhere({ barred = false }: { barred?: boolean }) {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate();
  return <Page title={t(barred ? "nowhere.right" : "nowhere.title")}><Empty icon={barred ? <IconLock size={22} /> : <IconMapOff size={22} />} text={t(barred ? "nowhere.rightText" : "nowhere.text")} action={<Button size="sm" onClick={() => void navigate({ to: homeOf(me) })}>{t("nowhere.home")}</Button>} /></Page>;
}
