import { Button, UnstyledButton } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";
import { useT } from "../../i18n/intl.tsx";
import { comboOf, defaultKeys, keyActions, keysOf, type KeyAction } from "../../shared/keys.ts";
import { Keys } from "../../shared/parts.tsx";
import { setSettings, useSettings } from "../../shared/settings.ts";
import css from "./settings.module.css";

/** Keys a person may choose: those that act on the live line and in forms; walking and places stay as they are. */
const changeable: KeyAction[] = ["accept", "decline", "mute", "hold", "end", "register", "palette"];

export function KeyList() {
  const t = useT();
  const { keys } = useSettings();
  return (
    <section className={`panel ${css.box}`} aria-label={t("settings.keys")}>
      <div className="row between"><h2>{t("settings.keys")}</h2>{Object.keys(keys).length > 0 && <Button variant="subtle" onClick={() => setSettings({ keys: {} })}>{t("settings.keysReset")}</Button>}</div>
      <p className="dim small">{t("keys.rule")}</p>
      <div className={css.keys}>{keyActions.map((action) => <KeyRow key={action} action={action} />)}</div>
    </section>
  );
}

function KeyRow({ action }: { action: KeyAction }) {
  const t = useT();
  const { keys } = useSettings();
  const [catching, setCatching] = useState(false);
  const [clash, setClash] = useState<KeyAction | null>(null);
  const take = (event: KeyboardEvent) => {
    if (event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") return setCatching(false);
    const combo = comboOf(event.nativeEvent);
    // A bare letter would be typed into a form; the choice must work everywhere.
    if (!/^(Ctrl|Alt)\+.+/.test(combo) || /(Control|Alt|Shift|Meta)$/.test(combo)) return;
    const taken = keyActions.find((other) => other !== action && keysOf(other).includes(combo)) ?? null;
    setClash(taken);
    if (taken) return;
    setSettings({ keys: { ...keys, [action]: combo } });
    setCatching(false);
  };
  const combos = keysOf(action);
  const fixed = !changeable.includes(action);
  return (
    <div className={css.keyRow}>
      <span>{t(`key.${action}`)}</span>
      <span className="row">
        {clash && catching && <span className="chip warn">{t("settings.keyTaken", { action: t(`key.${clash}`) })}</span>}
        {fixed ? combos.map((combo) => <Keys key={combo} combo={combo} />) : (
          <>
            <UnstyledButton className={css.keyButton} data-catching={catching || undefined} onClick={() => { setCatching(true); setClash(null); }} onKeyDown={catching ? take : undefined} onBlur={() => setCatching(false)}><span className="visually-hidden">{t("settings.changeKey", { action: t(`key.${action}`) })}</span>{catching ? t("settings.pressKey") : <Keys combo={combos[0] ?? defaultKeys[action][0]} />}</UnstyledButton>
            {combos.slice(1).map((combo) => <Keys key={combo} combo={combo} />)}
          </>
        )}
      </span>
    </div>
  );
}
