import type { KeyboardEvent } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useSkillName } from "./skillNames.ts";
import css from "./operators.module.css";

const levels = [0, 1, 2, 3, 4, 5] as const;

interface Props {
  title?: string;
  keys: string[];
  levelOf: (key: string) => number;
  mayChange: (key: string) => boolean;
  /** Queues that ask for it, with the level they ask. */
  askedBy: (key: string) => string;
  onChange: (key: string, level: number) => void;
}

/** One line a skill. A digit sets the level, ←/→ move it, ↑/↓ go to the next skill: a whole person in as many keys as skills. */
export function SkillLevels({ title, keys, levelOf, mayChange, askedBy, onChange }: Props) {
  const nameOf = useSkillName();
  if (keys.length === 0) return null;
  return (
    <div className={css.skills}>
      {title && <p className="small dim">{title}</p>}
      {keys.map((key) => (
        <div key={key} className={css.skill}>
          <div className={css.skillName}><span className="cut">{nameOf(key)}</span>{askedBy(key) && <span className="cut small dim" title={askedBy(key)}>{askedBy(key)}</span>}</div>
          <Levels name={key} label={nameOf(key)} level={levelOf(key)} disabled={!mayChange(key)} onChange={(level) => onChange(key, level)} />
        </div>
      ))}
    </div>
  );
}

function Levels({ name, label, level, disabled, onChange }: { name: string; label: string; level: number; disabled: boolean; onChange: (level: number) => void }) {
  const t = useT();
  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const digit = /^[0-5]$/.test(event.key) ? Number(event.key) : null;
    if (digit !== null) onChange(digit);
    else if (event.key === "ArrowDown") step(event.currentTarget, 1);
    else if (event.key === "ArrowUp") step(event.currentTarget, -1);
    else return;
    event.preventDefault();
  };
  return (
    <div role="radiogroup" aria-label={t("operators.levelOf", { skill: label })} className={css.levels} onKeyDown={onKey} data-skill={name} aria-disabled={disabled || undefined}>
      {levels.map((each) => (
        <label key={each} data-under={each > 0 && each < level ? true : undefined}>
          <input type="radio" name={`level-${name}`} checked={each === level} disabled={disabled} onChange={() => onChange(each)} aria-label={each === 0 ? t("operators.level.none") : String(each)} />
          <span aria-hidden>{each === 0 ? "–" : each}</span>
        </label>
      ))}
    </div>
  );
}

/** The chosen level of the next skill that may be changed takes the keyboard. */
function step(from: HTMLElement, by: number): void {
  const groups = [...(from.closest("form")?.querySelectorAll<HTMLElement>("[data-skill]:not([aria-disabled])") ?? [])].filter((each) => each.checkVisibility());
  groups[groups.indexOf(from) + by]?.querySelector<HTMLInputElement>("input:checked")?.focus();
}
