import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, Textarea, TextInput } from "@mantine/core";
import { IconHeartHandshake } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { useDraft } from "../../shared/draft.ts";
import { sendOnCtrlEnter } from "../../shared/keys.ts";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { PromiseList } from "./PromiseList.tsx";
import { local, picks } from "./times.ts";
import css from "./promises.module.css";

/** What was said will be done about this ticket, and by when. */
export default function PromisesPanel({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const me = useMe();
  const { data, error, refetch } = useApi("ticketPromises", { params: { id: ticket.id } });
  const mayNote = may(me, "tickets.note");
  if (error && !data) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={2} height={64} />;
  return (
    <div className="stack">
      {mayNote && <MakePromise ticketId={ticket.id} />}
      {data.items.length === 0 ? <Empty icon={<IconHeartHandshake size={22} />} text={t("promises.none")} /> : <PromiseList promises={data.items} mayClose={mayNote} />}
    </div>
  );
}

function MakePromise({ ticketId }: { ticketId: string }) {
  const t = useT();
  const { draft, set, forget } = useDraft(`promise:${ticketId}`, () => ({ text: "", due: "" }));
  const make = useSend("makePromise", ["ticketPromises", "clientPromises", "listPromises", "promiseFigures"], { onSuccess: forget });
  const isReady = draft.text.trim() !== "" && draft.due !== "";
  const send = () => { if (isReady) make.mutate({ body: { ticketId, text: draft.text, dueAt: new Date(draft.due).toISOString() } }); };
  const [textWrong, dueWrong] = [fieldError(make.error, "text"), fieldError(make.error, "dueAt")];
  return (
    <form className={css.make} aria-label={t("promises.make")} onSubmit={(event) => { event.preventDefault(); send(); }} onKeyDown={sendOnCtrlEnter(send)}>
      <Textarea label={t("promises.what")} placeholder={t("promises.example")} autosize minRows={1} maxRows={4} maxLength={500} value={draft.text} onChange={(event) => set({ text: event.currentTarget.value })} error={textWrong} />
      <div className={css.picks} role="group" aria-label={t("promises.due")}>
        {picks(new Date()).map(({ key, at }) => <button key={key} type="button" aria-pressed={draft.due === local(at)} onClick={() => set({ due: local(at) })}>{t(`promises.pick.${key}` as const)}</button>)}
      </div>
      <TextInput type="datetime-local" label={t("promises.due")} value={draft.due} onChange={(event) => set({ due: event.currentTarget.value })} error={dueWrong} />
      {!textWrong && !dueWrong && <ProblemNote error={make.error} />}
      <div className="row"><Button type="submit" loading={make.isPending} disabled={!isReady}>{t("promises.make")}</Button></div>
    </form>
  );
}
