import type { CandidateView } from "@linija/server/contract/handovers/handovers";
import { Button } from "@mantine/core";
import { useT, useWord } from "../../i18n/intl.tsx";
import { Since } from "../../shared/clock.tsx";
import { useSkillName } from "../operators/skillNames.ts";
import { keyOf, type Circle } from "./circles.ts";
import css from "./handovers.module.css";

interface Choosing { circles: Circle[]; circle: Circle; chosen: string | null; onCircle: (key: string) => void; onChoose: (id: string | null) => void }

/** Circles as a row of buttons, below them who is there: the next free first, people who are not at work last. */
export function People({ circles, circle, chosen, onCircle, onChoose }: Choosing) {
  const t = useT();
  const next = circle.people.find(({ isNext }) => isNext);
  const nameOf = (each: Circle) => each.name || t(each.circle === "supervisors" ? "handover.circle.supervisors" : "handover.circle.operators");
  return (
    <div className={css.people}>
      <span className={css.label} id="handover-to">{t("handover.to")}</span>
      <div className={css.circles} role="group" aria-labelledby="handover-to">
        {circles.map((each) => <button key={keyOf(each)} type="button" aria-pressed={keyOf(each) === keyOf(circle)} onClick={() => onCircle(keyOf(each))}>{nameOf(each)} <span className="dim num">{each.people.filter(({ presence }) => presence === "free").length}</span></button>)}
      </div>
      <div className={`scroll ${css.list}`} role="radiogroup" aria-label={nameOf(circle)}>
        {circle.people.length === 0 ? <p className={css.none}>{t("handover.nobodyThere")}</p> : (
          <label className={css.person} data-off={!next || undefined}>
            <input type="radio" name="handover-to" checked={chosen === null && next !== undefined} disabled={!next} onChange={() => onChoose(null)} />
            <span className={css.personName}>{next ? t("handover.next", { name: next.name }) : t("handover.nobodyFree")}</span>
          </label>
        )}
        {circle.people.map((person) => <Person key={person.id} person={person} isChosen={chosen === person.id} onChoose={() => onChoose(person.id)} />)}
      </div>
    </div>
  );
}

function Person({ person, isChosen, onChoose }: { person: CandidateView; isChosen: boolean; onChoose: () => void }) {
  const skillName = useSkillName();
  const skills = Object.entries(person.skills).sort(([, one], [, other]) => other - one).map(([key, level]) => `${skillName(key)} ${level}`);
  const known = [person.languages.map((key) => key.toUpperCase()).join(" "), ...skills].filter(Boolean).join(" · ");
  return (
    <label className={css.person} data-off={person.presence === "off" || undefined}>
      <input type="radio" name="handover-to" checked={isChosen} disabled={person.presence === "off"} onChange={onChoose} />
      <span className={css.personName}><span className={css.personTop}><span className="cut">{person.name}</span><PresenceMark person={person} /></span>{known && <span className={css.known} title={known}>{known}</span>}</span>
    </label>
  );
}

/** Told by form as well as by colour: a full round is free, a square busy or away, a ring not there. */
function PresenceMark({ person: { presence, reason, since } }: { person: CandidateView }) {
  const t = useT();
  const word = useWord();
  const said = presence === "away" && reason ? word("reason", reason, "") : "";
  return <span className={css.presence} data-presence={presence}><span className={css.mark} aria-hidden />{said || t(`handover.presence.${presence}`)}{since && presence !== "free" && <Since at={since} className="num" />}</span>;
}

/** R220: whoever is chosen is busy, so who is free next is named, one press away. */
export function Busy({ person, next, onNext }: { person: CandidateView; next: CandidateView | undefined; onNext: (id: string) => void }) {
  const t = useT();
  return (
    <div className={css.busy} role="status">
      <span className="grow">{next ? t("handover.busy", { name: person.name, next: next.name }) : t("handover.busyAll", { name: person.name })}</span>
      {next && <Button size="compact-sm" variant="default" onClick={() => onNext(next.id)}>{t("handover.chooseNext", { name: next.name })}</Button>}
    </div>
  );
}
