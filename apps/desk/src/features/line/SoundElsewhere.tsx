import { Button } from "@mantine/core";
import { IconDevices } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { soundOf } from "./legDeed.ts";
import { useLeg, useLine } from "./line.tsx";
import css from "./line.module.css";

/** The same person sits at two desks: the one they did not answer at says where the sound is, and can take it. */
export function SoundElsewhere() {
  const { line, takeSound, busy } = useLine();
  const leg = useLeg();
  const shown = leg === "elsewhere" && soundOf(line) !== undefined;
  return <div aria-live="polite">{shown && <ElsewhereBar isLost={line?.legUp === false} busy={busy} onTake={() => void takeSound()} />}</div>;
}

function ElsewhereBar({ isLost, busy, onTake }: { /** The other desk has no sound either just now. */ isLost: boolean; busy: boolean; onTake: () => void }) {
  const t = useT();
  return (
    <section className={css.elsewhere} aria-label={t("line.elsewhere")}>
      <IconDevices size={16} aria-hidden />
      <span>{t(isLost ? "line.elsewhereLost" : "line.elsewhere")}</span>
      <Button size="compact-xs" variant="default" loading={busy} onClick={onTake}>{t("line.takeSound")}</Button>
    </section>
  );
}
