import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import css from "./line.module.css";

const rows = "123456789*0#".split("");

/** Tones for the client's side; the keyboard's own digits work while it is open. */
export function Keypad({ onKey }: { onKey: (key: string) => void }) {
  const t = useT();
  const [sent, setSent] = useState("");
  const press = (key: string) => { setSent((before) => (before + key).slice(-16)); onKey(key); };
  return (
    <div role="group" aria-label={t("line.keypad")} onKeyDown={(event) => { if (rows.includes(event.key)) press(event.key); }}>
      <output className={css.sent}>{sent || " "}</output>
      <div className={css.keypad}>{rows.map((key) => <button type="button" key={key} onClick={() => press(key)}>{key}</button>)}</div>
    </div>
  );
}
