import type { ArticleRow, SimilarTicket, SolutionView } from "@linija/server/contract/articles/articles";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { ActionIcon, Button, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { IconBook, IconBulb, IconCheck, IconPaperclip, IconSearch, IconTicket, IconX } from "@tabler/icons-react";
import { useDeferredValue, useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { readStored, writeStored } from "../../shared/settings.ts";
import { say, useRefusal } from "../../shared/toast.tsx";
import { may, useMe } from "../access/session.ts";
import { TicketLink } from "./TicketLink.tsx";
import { Variants } from "./Variants.tsx";
import css from "./articles.module.css";

/** What may help, found by the ticket's own words before anybody has typed; what did is attached by one press. */
export default function SolutionsPanel({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const me = useMe();
  const [words, setWords] = useState("");
  const asked = useDeferredValue(words.trim());
  const { data, error, refetch } = useApi("ticketSolutions", { params: { id: ticket.id }, query: { words: asked } }, { placeholderData: (before) => before });
  const mayNote = may(me, "tickets.note");
  return (
    <div className="stack">
      <TextInput aria-label={t("solutions.search")} placeholder={t("solutions.search")} leftSection={<IconSearch size={15} aria-hidden />} value={words} onChange={(event) => setWords(event.currentTarget.value)} />
      {error && !data && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={4} height={52} />}
      {data && (
        <>
          {data.attached.length > 0 && <section className={css.group}><h3>{t("solutions.attached")}</h3><ul>{data.attached.map((solution) => <li key={solution.id}><Attached ticket={ticket} solution={solution} mayNote={mayNote} /></li>)}</ul></section>}
          {data.articles.length > 0 && <section className={css.group}><h3>{t("solutions.articles")}</h3><ul>{data.articles.map((article) => <li key={article.key}><Article ticket={ticket} article={article} isAttached={data.attached.some(({ articleKey }) => articleKey === article.key)} mayNote={mayNote} /></li>)}</ul></section>}
          {data.similar.length > 0 && <section className={css.group}><h3>{t("solutions.similar")}</h3><ul>{data.similar.map((similar) => <li key={similar.id}><Similar ticket={ticket} similar={similar} isAttached={data.attached.some((each) => each.ticket?.id === similar.id)} mayNote={mayNote} /></li>)}</ul></section>}
          {data.articles.length + data.similar.length === 0 && <Empty icon={<IconBulb size={22} />} text={t(asked ? "solutions.nothingFor" : "solutions.nothing")} />}
          <Variants ticket={ticket} variants={data.variants} />
        </>
      )}
    </div>
  );
}

/** The text goes into the resolution of whichever step asks for one, unless something is written there. */
function prefill(ticket: TicketView, text: string): boolean {
  let isWaiting = false;
  for (const { key, fields } of ticket.transitions) {
    if (!fields.some((field) => field.key === "resolution")) continue;
    const name = `linija:draft:step:${ticket.id}:${key}`;
    const draft = readStored<Record<string, string>>(name) ?? {};
    if (draft["resolution"]?.trim()) continue;
    writeStored(name, { ...draft, resolution: text });
    isWaiting = true;
  }
  return isWaiting;
}

function useAttach(ticket: TicketView) {
  const t = useT();
  const refuse = useRefusal();
  return useSend("attachSolution", ["ticketSolutions"], { onError: refuse, onSuccess: (solution) => say(t(prefill(ticket, solution.text) ? "solutions.done" : "solutions.helped")) });
}

function AttachButton({ isAttached, busy, onPress, name }: { isAttached: boolean; busy: boolean; onPress: () => void; name: string }) {
  const t = useT();
  if (isAttached) return <span className="chip live"><IconCheck size={13} aria-hidden />{t("solutions.helped")}</span>;
  return <Button size="compact-xs" variant="light" leftSection={<IconPaperclip size={13} />} loading={busy} aria-label={`${t("solutions.attach")}: ${name}`} onClick={onPress}>{t("solutions.attach")}</Button>;
}

interface Found { ticket: TicketView; isAttached: boolean; mayNote: boolean }

function Article({ ticket, article, isAttached, mayNote }: Found & { article: ArticleRow }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const attach = useAttach(ticket);
  const read = useApi("readArticle", { params: { project: article.projectKey, key: article.key }, query: {} }, { enabled: open, staleTime: 5 * 60_000 });
  return (
    <article className={css.item}>
      <UnstyledButton className={css.head} aria-expanded={open} onClick={() => setOpen(!open)}><IconBook size={15} aria-hidden /><b className="grow">{article.title}</b></UnstyledButton>
      {open ? <div className={css.body}>{read.data ? <p className="pre">{read.data.body}</p> : <Skeleton rows={2} height={18} />}</div> : <p className={css.excerpt}>{article.excerpt}</p>}
      <div className="row between small"><span className="dim">{article.used > 0 && t("solutions.used", { count: article.used })}</span>{mayNote && <AttachButton name={article.title} isAttached={isAttached} busy={attach.isPending} onPress={() => attach.mutate({ params: { id: ticket.id }, body: { source: "article", key: article.key } })} />}</div>
    </article>
  );
}

function Similar({ ticket, similar, isAttached, mayNote }: Found & { similar: SimilarTicket }) {
  const t = useT();
  const attach = useAttach(ticket);
  return (
    <article className={css.item}>
      <div className={css.head}><IconTicket size={15} aria-hidden /><TicketLink id={similar.id} number={similar.number} /><span className="grow" /><span className="small dim num">{t("solutions.alike", { share: Math.round(similar.alike * 100) })}</span></div>
      <p className={css.subject}>{similar.subject}</p>
      <p className={css.resolution}>{similar.resolution}</p>
      <div className="row between small"><span className="dim">{similar.used > 0 && t("solutions.used", { count: similar.used })}</span>{mayNote && <AttachButton name={similar.number} isAttached={isAttached} busy={attach.isPending} onPress={() => attach.mutate({ params: { id: ticket.id }, body: { source: "ticket", ticketId: similar.id } })} />}</div>
    </article>
  );
}

function Attached({ ticket, solution, mayNote }: { ticket: TicketView; solution: SolutionView; mayNote: boolean }) {
  const t = useT();
  const refuse = useRefusal();
  const detach = useSend("detachSolution", ["ticketSolutions"], { onError: refuse });
  return (
    <article className={css.item} data-attached>
      <div className={css.head}><IconCheck size={15} aria-hidden /><b className="grow">{solution.ticket ? <TicketLink id={solution.ticket.id} number={solution.ticket.number} /> : solution.title}</b>
        {mayNote && <Tooltip label={t("solutions.detach")}><ActionIcon size={24} variant="subtle" aria-label={`${t("solutions.detach")}: ${solution.title}`} loading={detach.isPending} onClick={() => detach.mutate({ params: { id: ticket.id, solutionId: solution.id } })}><IconX size={14} /></ActionIcon></Tooltip>}
      </div>
      <p className={css.resolution} lang={ticket.language}>{solution.text}</p>
    </article>
  );
}
