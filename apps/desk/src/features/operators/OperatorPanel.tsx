import type { OperatorChoices, OperatorView } from "@linija/server/contract/operators/operators";
import type { Language } from "@linija/server/contract/api";
import { ActionIcon, Button, Checkbox } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { languageNames, useT } from "../../i18n/intl.tsx";
import { useDraft } from "../../shared/draft.ts";
import { sendOnCtrlEnter } from "../../shared/keys.ts";
import { Keys, Skeleton } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { refresh, useApi, useSend } from "../../shared/query.ts";
import { say } from "../../shared/toast.tsx";
import { may, useMe } from "../access/session.ts";
import { changeOf, differences, isChanged, queuesFor, rebased, shownLanguages, shownLevel, skillsInOrder, touchLanguages, touchLevel, yielded, type Edited } from "./edited.ts";
import { Standing } from "./marks.tsx";
import { OperatorHistory } from "./OperatorHistory.tsx";
import { PhoneBox } from "./PhoneBox.tsx";
import { useSkillName } from "./skillNames.ts";
import { SkillLevels } from "./SkillLevels.tsx";
import css from "./operators.module.css";

export function OperatorPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT();
  const operator = useApi("getOperator", { params: { id } }, { refetchInterval: 20_000 });
  const choices = useApi("operatorChoices");
  const error = operator.error ?? choices.error;
  return (
    <div className={css.panel}>
      <header className={css.panelHead}>
        <div className="stack-s grow">{operator.data ? <Who operator={operator.data} /> : !error && <div className="skeleton" style={{ height: 20, width: 160 }} />}</div>
        <ActionIcon aria-label={t("do.close")} onClick={onClose}><IconX size={17} /></ActionIcon>
      </header>
      <div className={`scroll ${css.panelBody}`}>
        {error && !(operator.data && choices.data) && <div className={css.problem}><ProblemNote error={error} onRetry={() => { void operator.refetch(); void choices.refetch(); }} /></div>}
        {!error && !(operator.data && choices.data) && <Skeleton rows={6} height={38} />}
        {operator.data && choices.data && (
          <>
            <Settings operator={operator.data} choices={choices.data} />
            <PhoneBox operator={operator.data} choices={choices.data} />
            <OperatorHistory id={id} />
          </>
        )}
      </div>
    </div>
  );
}

function Who({ operator }: { operator: OperatorView }) {
  const projects = useApi("operatorChoices").data?.projects ?? [];
  return (
    <>
      <span className="row"><b className={`cut ${css.name}`}>{operator.name}</b><Standing operator={operator} /></span>
      <span className="cut small dim">{operator.projects.map((key) => projects.find((project) => project.key === key)?.name ?? key).join(", ")}</span>
    </>
  );
}

interface Part { operator: OperatorView; choices: OperatorChoices }

/** Languages and skills, saved together. What is touched stays until it is saved or discarded, over a reload and over somebody else's change. */
function Settings({ operator, choices }: Part) {
  const t = useT();
  const me = useMe();
  const readOnly = !may(me, "operators.skills");
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => { form.current?.querySelector<HTMLInputElement>("[data-skill]:not([aria-disabled]) input:checked")?.focus({ preventScroll: true }); }, []);
  const { draft, set, forget } = useDraft<{ edited: Edited }>(`operator:${operator.id}`, () => ({ edited: {} }));
  const { edited } = draft;
  const edit = (next: Edited) => set({ edited: next });
  const update = useSend("changeOperator", ["listOperators", "getOperator"], {
    onSuccess: () => { forget(); say(t("operators.saved", { name: operator.name })); },
    // Others may have been first: with their values here, what differs is seen.
    onError: () => refresh(["getOperator"]),
  });
  const changed = isChanged(operator, edited);
  const clashes = differences(operator, edited);
  const send = (from: Edited) => { if (isChanged(operator, from)) update.mutate({ params: { id: operator.id }, body: { version: operator.version, ...(changeOf(operator, from) as { languages?: Language[]; skills?: Record<string, number> }) } }); };
  const save = () => { if (!readOnly && changed && clashes.length === 0) send(edited); };
  const now = { languages: shownLanguages(operator, edited), skills: Object.fromEntries(Object.keys({ ...operator.skills, ...edited.skills }).map((key) => [key, shownLevel(operator, edited, key)])) };
  return (
    <form ref={form} className={css.form} aria-label={t("operators.settings")} onSubmit={(event) => { event.preventDefault(); save(); }} onKeyDown={sendOnCtrlEnter(save)}>
      <Checkbox.Group label={t("operators.languages")} classNames={{ label: css.label }} value={now.languages} onChange={(languages) => edit(touchLanguages(operator, edited, languages))} error={now.languages.length === 0 ? t("operators.noLanguage") : fieldError(update.error, "languages")}>
        <div className={css.languages}>{choices.languages.map((language) => <Checkbox key={language} size="xs" value={language} label={languageNames[language]} disabled={readOnly} />)}</div>
      </Checkbox.Group>
      <Skills operator={operator} choices={choices} edited={edited} edit={edit} readOnly={readOnly} />
      <Queues operator={operator} choices={choices} now={now} />
      {!readOnly && (changed || update.isPending) && (
        <div className={css.foot}>
          {clashes.length > 0 ? <Clash clashes={clashes} onMine={() => { const mine = rebased(operator, edited); edit(mine); update.reset(); send(mine); }} onTheirs={() => { edit(yielded(operator, edited)); update.reset(); }} /> : (
            <>
              <ProblemNote error={update.error} />
              <div className={css.footDeeds}>
                <Button variant="subtle" color="gray" onClick={() => { forget(); update.reset(); }}>{t("do.discard")}</Button>
                <Button type="submit" loading={update.isPending} disabled={now.languages.length === 0}>{t("do.save")}<span className={css.onButton}><Keys combo="Ctrl+Enter" /></span></Button>
              </div>
            </>
          )}
        </div>
      )}
    </form>
  );
}

function Skills({ operator, choices, edited, edit, readOnly }: Part & { edited: Edited; edit: (next: Edited) => void; readOnly: boolean }) {
  const t = useT();
  const { own, others, forgotten } = skillsInOrder(choices, operator);
  // By what is saved: a skill being set does not jump to another place under the pointer.
  const [has, hasNot] = [others.filter((key) => operator.skills[key] !== undefined), others.filter((key) => operator.skills[key] === undefined)];
  const mine = new Set(choices.skills.filter(({ mayChange }) => mayChange).map(({ key }) => key));
  const given = {
    levelOf: (key: string) => shownLevel(operator, edited, key), mayChange: (key: string) => !readOnly && (mine.has(key) || forgotten.includes(key)),
    askedBy: (key: string) => choices.queues.filter((queue) => queue.skills[key] !== undefined).map((queue) => `${queue.name} ${queue.skills[key]}`).join(" · "),
    onChange: (key: string, level: number) => edit(touchLevel(operator, edited, key, level)),
  };
  return (
    <section className="stack-s" aria-label={t("operators.skills")}>
      <div className="row between wrap"><h2>{t("operators.skills")}</h2>{!readOnly && <span className="small dim">{t("operators.keys")}</span>}</div>
      <p className="small dim">{t("operators.scale")}</p>
      <SkillLevels keys={own} {...given} />
      <SkillLevels keys={has} {...given} />
      {hasNot.length > 0 && <details className={css.others} open={own.length + has.length === 0}><summary className="small">{t("operators.otherProjects", { count: hasNot.length })}</summary><SkillLevels keys={hasNot} {...given} /></details>}
      <SkillLevels title={t("operators.forgotten")} keys={forgotten} {...given} />
    </section>
  );
}

/** What the levels come to: whose calls will ring here. */
function Queues({ operator, choices, now }: Part & { now: Pick<OperatorView, "languages" | "skills"> }) {
  const t = useT();
  const nameOf = useSkillName();
  const takesCalls = operator.takesCalls && !operator.disabled;
  const fits = takesCalls ? queuesFor(choices.queues, operator.projects, now) : [];
  return (
    <section className="stack-s" aria-label={t("operators.getsCalls")}>
      <h2>{t("operators.getsCalls")}</h2>
      {!takesCalls ? <p className="dim">{t("operators.noRole")}</p> : fits.length === 0 && <p className="dim">{t("operators.noProjects")}</p>}
      <ul className={css.queues}>
        {fits.map(({ id, name, languages, missing }) => {
          const why = missing.length > 0 ? t("operators.missing", { skills: missing.map(({ key, level }) => `${nameOf(key)} ${level}`).join(", ") }) : languages.length === 0 ? t("operators.missingLanguage") : null;
          return <li key={id} data-fits={why === null || undefined}>{why === null ? <IconCheck size={15} aria-label={t("operators.fits")} /> : <IconX size={15} aria-label={t("operators.fitsNot")} />}<span>{name} <span className="dim small">{why ?? languages.join(" ").toUpperCase()}</span></span></li>;
        })}
      </ul>
    </section>
  );
}

function Clash({ clashes, onMine, onTheirs }: { clashes: ReturnType<typeof differences>; onMine: () => void; onTheirs: () => void }) {
  const t = useT();
  const nameOf = useSkillName();
  const told = (value: string[] | number) => (Array.isArray(value) ? value.join(" ").toUpperCase() : value === 0 ? "–" : String(value));
  return (
    <div className={css.clash} role="alert">
      <b>{t("operators.clash")}</b>
      <p>{t("conflict.detail")}</p>
      <dl>{clashes.map(({ key, theirs, mine }) => <div key={key}><dt>{key === "languages" ? t("operators.languages") : nameOf(key)}</dt><dd><span className="dim">{t("operators.theirs")} <b className="num">{told(theirs)}</b></span> · {t("operators.mine")} <b className="num">{told(mine)}</b></dd></div>)}</dl>
      <div className="row"><Button size="compact-sm" onClick={onMine}>{t("conflict.mine")}</Button><Button size="compact-sm" variant="default" onClick={onTheirs}>{t("conflict.theirs")}</Button></div>
    </div>
  );
}
