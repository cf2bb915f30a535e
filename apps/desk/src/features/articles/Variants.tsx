import type { VariantView } from "@linija/server/contract/articles/articles";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { ActionIcon, Button, TextInput, Tooltip } from "@mantine/core";
import { IconCheck, IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useDraft } from "../../shared/draft.ts";
import { sendOnCtrlEnter } from "../../shared/keys.ts";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { refresh, useSend } from "../../shared/query.ts";
import { useRefusal } from "../../shared/toast.tsx";
import { may, useMe } from "../access/session.ts";
import css from "./articles.module.css";

/** Ways to solve it as they were put to the client; the one chosen is the plan (R097). */
export function Variants({ ticket, variants }: { ticket: TicketView; variants: VariantView[] }) {
  const t = useT();
  const me = useMe();
  const [adding, setAdding] = useState(false);
  const mayWrite = may(me, "tickets.write") && ticket.status !== "closed" && !ticket.readOnly;
  if (!mayWrite && variants.length === 0) return null;
  return (
    <section className={css.variants} aria-label={t("variants.title")}>
      <div className="row between"><h3>{t("variants.title")}</h3>{mayWrite && !adding && <Button size="compact-xs" variant="subtle" leftSection={<IconPlus size={13} />} onClick={() => setAdding(true)}>{t("variants.add")}</Button>}</div>
      {variants.length === 0 && !adding && <p className="small dim">{t("variants.none")}</p>}
      {variants.length > 0 && <ol>{variants.map((variant) => <li key={variant.id}><Variant ticket={ticket} variant={variant} mayWrite={mayWrite} /></li>)}</ol>}
      {adding && <AddVariant ticketId={ticket.id} onDone={() => setAdding(false)} />}
    </section>
  );
}

function Variant({ ticket, variant, mayWrite }: { ticket: TicketView; variant: VariantView; mayWrite: boolean }) {
  const t = useT();
  const refuse = useRefusal();
  const failed = (error: Error) => { refuse(error); refresh(["ticketSolutions"]); };
  const choose = useSend("chooseVariant", ["ticketSolutions", "getTicket"], { onError: failed });
  const withdraw = useSend("withdrawVariant", ["ticketSolutions"], { onError: failed });
  const params = { id: ticket.id, variantId: variant.id };
  const isChosen = variant.chosen !== null;
  return (
    <article className={css.item} data-attached={isChosen || undefined}>
      <div className="row between"><b className={css.subject}>{variant.title}</b>
        {mayWrite && !isChosen && <Tooltip label={t("variants.withdraw")}><ActionIcon size={24} variant="subtle" aria-label={`${t("variants.withdraw")}: ${variant.title}`} onClick={() => withdraw.mutate({ params })}><IconX size={14} /></ActionIcon></Tooltip>}
      </div>
      {variant.pros && <p className="small"><span className={css.pro} aria-hidden>+</span> <span className="visually-hidden">{t("variants.pros")}: </span>{variant.pros}</p>}
      {variant.cons && <p className="small"><span className={css.con} aria-hidden>−</span> <span className="visually-hidden">{t("variants.cons")}: </span>{variant.cons}</p>}
      <div className="row between wrap small"><span className="dim">{[variant.price, variant.duration].filter(Boolean).join(" · ")}</span>
        {isChosen ? <span className="row"><span className="chip live"><IconCheck size={13} aria-hidden />{t("variants.chosen")}</span>{mayWrite && <Button size="compact-xs" variant="subtle" loading={choose.isPending} onClick={() => choose.mutate({ params, body: { chosen: false } })}>{t("variants.unchoose")}</Button>}</span>
          : mayWrite && <Button size="compact-xs" variant="light" loading={choose.isPending} aria-label={`${t("variants.choose")}: ${variant.title}`} onClick={() => choose.mutate({ params, body: { chosen: true } })}>{t("variants.choose")}</Button>}
      </div>
    </article>
  );
}

const fields = ["pros", "cons", "price", "duration"] as const;
const empty = { title: "", pros: "", cons: "", price: "", duration: "" };

function AddVariant({ ticketId, onDone }: { ticketId: string; onDone: () => void }) {
  const t = useT();
  const { draft, set, forget } = useDraft(`variant:${ticketId}`, () => empty);
  const offer = useSend("offerVariant", ["ticketSolutions"], { onSuccess: () => { forget(); onDone(); } });
  const send = () => { if (draft.title.trim()) offer.mutate({ params: { id: ticketId }, body: draft }); };
  const wrong = fieldError(offer.error, "title");
  return (
    <form className={css.form} aria-label={t("variants.add")} onSubmit={(event) => { event.preventDefault(); send(); }} onKeyDown={sendOnCtrlEnter(send)}>
      <TextInput autoFocus label={t("variants.what")} withAsterisk maxLength={200} value={draft.title} onChange={(event) => set({ title: event.currentTarget.value })} error={wrong} />
      <div className={css.two}>{fields.map((field) => <TextInput key={field} label={t(`variants.${field}` as const)} maxLength={500} value={draft[field]} onChange={(event) => set({ [field]: event.currentTarget.value })} />)}</div>
      {!wrong && <ProblemNote error={offer.error} />}
      <div className="row"><Button size="compact-sm" type="submit" loading={offer.isPending} disabled={!draft.title.trim()}>{t("variants.offer")}</Button><Button size="compact-sm" variant="subtle" onClick={onDone}>{t("do.cancel")}</Button></div>
    </form>
  );
}
