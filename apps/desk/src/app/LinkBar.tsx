import { Button } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useT } from "../i18n/intl.tsx";
import { useNow } from "../shared/clock.tsx";
import { reconnectNow, useLink } from "../shared/realtime.ts";
import css from "./shell.module.css";

/** A lost link is a quiet bar. It waits two seconds before it speaks: most breaks are shorter. */
export function LinkBar() {
  const link = useLink();
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (link.up) return setLate(false);
    const timer = setTimeout(() => setLate(true), 2000);
    return () => clearTimeout(timer);
  }, [link.up]);
  return <div aria-live="polite">{late && !link.up && <Lost retryAt={link.retryAt} />}</div>;
}

function Lost({ retryAt }: { retryAt: number | null }) {
  const t = useT();
  const now = useNow();
  const seconds = retryAt ? Math.max(0, Math.ceil((retryAt - now) / 1000)) : 0;
  return (
    <div className={css.lost}>
      <IconPlugConnectedX size={16} aria-hidden />
      <span>{t("link.lost")}</span>
      <span className="num" aria-hidden>{t("link.retry", { seconds })}</span>
      <Button size="compact-xs" variant="default" className={css.now} onClick={reconnectNow}>{t("link.now")}</Button>
    </div>
  );
}
