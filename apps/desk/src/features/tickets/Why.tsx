import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useIntl } from "react-intl";
import { EditorTexts, useT, type MessageKey } from "../../i18n/intl.tsx";
import type { Reply } from "../../shared/api.ts";
import { Moment } from "../../shared/clock.tsx";
import { usePages } from "../../shared/query.ts";
import css from "./tickets.module.css";

const TicketRules = lazy(() => import("../rules/TicketRules.tsx"));
const Coloured = lazy(() => import("../rules/Formula.tsx").then(({ Formula }) => ({ default: Formula })));
type Reason = Reply<"listReasons">["items"][number];

/** "Why?": each decision of the process in a sentence and each rule that touched it, with the rule's text and what it read for who wants to know. Asked for only when somebody does. */
export function Why({ id }: { id: string }) {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  return (
    <section className={css.block}>
      <div><Button size="compact-sm" variant="subtle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{t("process.why")}</Button></div>
      {isOpen && <EditorTexts><Reasons id={id} /></EditorTexts>}
    </section>
  );
}

function Reasons({ id }: { id: string }) {
  const t = useT();
  const list = usePages("listReasons", { params: { id }, query: {} });
  const rules = usePages("listTicketRuns", { params: { id }, query: {} });
  const isSet = (rules.items?.length ?? 0) > 0;
  return (
    <>
      {list.items && list.items.length > 0 && <ol className={css.reasons}>{list.items.map((reason) => <ReasonLine key={reason.id} reason={reason} />)}</ol>}
      {list.items?.length === 0 && !isSet && !rules.isPending && <p className="dim">{t("process.whyEmpty")}</p>}
      {list.hasNextPage && <Button size="compact-xs" variant="subtle" onClick={() => void list.fetchNextPage()}>{t("process.more")}</Button>}
      {isSet && <Suspense><TicketRules list={rules} /></Suspense>}
    </>
  );
}

function ReasonLine({ reason }: { reason: Reason }) {
  const t = useT();
  const { said, because, words } = reason;
  const sentence = useSentence()(reason);
  return (
    <li>
      <div className="row between"><div><p>{sentence}</p>{isText(reason) && said.condition === "" && <p className="small"><span className="dim">{t("why.formula")}</span> <Formula text={because.text} /></p>}</div><span className="small dim num"><Moment at={reason.at} full /></span></div>
      <details>
        <summary className="small dim">{t("why.version", { number: said.number, process: said.process })}</summary>
        <div className={css.reasonText}>
          {because.kind === "policy" && words && <p>{words}</p>}
          {because.kind === "policy" && said.condition !== "" && <p>{said.condition}</p>}
          {said.facts.length > 0 && <dl>{said.facts.map(({ name, value }) => <div key={name}><dt className="dim">{name}</dt><dd>{value}</dd></div>)}</dl>}
          {isText(reason) && said.condition !== "" && <p><span className="dim">{t("why.text")}</span> <Formula text={because.text} /></p>}
          {because.path && <p><span className="dim">{t("why.place")}</span> <code>{because.path}</code></p>}
        </div>
      </details>
    </li>
  );
}

/** In colours once they have come; the text is there at once. */
function Formula({ text }: { text: string }) {
  return <Suspense fallback={<code>{text}</code>}><Coloured text={text} /></Suspense>;
}

/** Of others the text is a key or an id, which says nothing to people. */
const isText = ({ because, what }: Reason): boolean => because.text !== "" && (because.kind === "rule" || because.kind === "policy") && what !== "escalation";

const PRIORITIES = ["low", "normal", "high", "urgent"];

function useSentence(): (reason: Reason) => string {
  const t = useT();
  const intl = useIntl();
  return ({ said }) => {
    const { sentence, name, value, priority, deeds } = said;
    const places = { step: said.step, from: said.from, to: said.to, who: said.who || t("why.somebody"), name, value, limit: said.limit, condition: said.condition };
    if (sentence === "escalation") {
      const clock = ["solution", "first_answer", "stage"].includes(name) ? t(`why.clock.${name}` as MessageKey) : name;
      return t("why.escalation", { clock, percent: Number(value), deeds: deeds.map((deed) => t(`process.deed.${deed}` as MessageKey).replace(/^./, (letter) => letter.toLocaleLowerCase(intl.locale))).join(", ") });
    }
    if (!sentence.startsWith("deadline")) return t(`why.${sentence}`, places);
    const at = value === "" ? "" : intl.formatDate(value, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
    return t(`why.${sentence}`, { ...places, at, hours: Number(name), priority: t(`priority.${PRIORITIES.indexOf(priority) === -1 ? 1 : PRIORITIES.indexOf(priority)}` as MessageKey) });
  };
}
