import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconPhonePlus } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { useDial, type Target } from "./useDial.ts";
import { useLine } from "./line.tsx";

/** What keeps from calling out now, in words; null when nothing does. */
function useHindrance(): string | null {
  const t = useT();
  const { line } = useLine();
  if (line?.state === "ready" || line?.state === "not_ready") return null;
  return t(line?.state === "offline" ? "call.notOnShift" : "call.lineBusy");
}

interface DialProps { target: Target; /** A word on it; without one it is a round of an icon. */ text?: string; variant?: "light" | "default" | "subtle"; size?: number; tabIndex?: number }

/** Calls a number by one press. When that cannot be now it stays reachable and says why. */
export function DialButton({ target, text, variant = "light", size = 30, tabIndex }: DialProps) {
  const t = useT();
  const dial = useDial();
  const hindrance = useHindrance();
  const shared = { variant, tabIndex, "aria-disabled": hindrance !== null, "data-disabled": hindrance !== null || undefined, onClick: () => { if (!hindrance) void dial(target); } };
  const name = `${t("call.callNow")} ${target.number}`;
  return (
    <Tooltip label={hindrance ?? name} disabled={text !== undefined && !hindrance}>
      {text ? <Button {...shared} leftSection={<IconPhonePlus size={16} />}>{text}</Button> : <ActionIcon {...shared} size={size} color={variant === "light" ? "blue" : "gray"} aria-label={name}><IconPhonePlus size={size > 26 ? 17 : 15} /></ActionIcon>}
    </Tooltip>
  );
}
