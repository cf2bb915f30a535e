import type { RelationView } from "@linija/server/contract/relations/relations";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { ActionIcon, Button, Select, Tooltip } from "@mantine/core";
import { IconGitMerge, IconLink, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useT, useWord } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { useRefusal, useUndo } from "../../shared/toast.tsx";
import { may, useMe } from "../access/session.ts";
import { MergeDialog } from "./MergeDialog.tsx";
import { Merged, useUndoMerge } from "./Merged.tsx";
import { PickTicket } from "./PickTicket.tsx";
import { TicketCard } from "./TicketCard.tsx";
import css from "./relations.module.css";

type Side = RelationView["side"];
/** What stands in the way first, then where it comes from, then the rest. */
const order: Side[] = ["parent", "blocked_by", "blocks", "child", "duplicate_of", "duplicated_by", "caused_by", "causes", "related"];
const choices = ["related", "duplicate_of", "caused_by", "causes", "blocks", "blocked_by"] as const;

/** What this ticket has to do with others: read from both ends, made by looking for the other, merged where it is the same thing twice. */
export default function RelationsPanel({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const me = useMe();
  const { data, error, refetch } = useApi("listRelations", { params: { id: ticket.id } });
  const [merging, setMerging] = useState<string | null>(null);
  if (error && !data) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={3} height={56} />;
  const isOpen = data.mergedInto === null;
  const nothing = data.relations.length === 0 && data.merged.length === 0;
  return (
    <div className="stack">
      {nothing && isOpen && <Empty icon={<IconLink size={22} />} text={t("relations.none")} />}
      {order.map((side) => <Group key={side} ticket={ticket} side={side} relations={data.relations.filter((each) => each.side === side)} />)}
      {data.merged.length > 0 && <section className={css.group}><h3>{t("relations.merged")}</h3><ul>{data.merged.map((merge) => <li key={merge.id}><Merged merge={merge} /></li>)}</ul></section>}
      {isOpen && may(me, "tickets.write") && !ticket.readOnly && <AddRelation ticket={ticket} onMerge={setMerging} />}
      {isOpen && may(me, "tickets.assign") && <Button variant="default" leftSection={<IconGitMerge size={15} />} onClick={() => setMerging("")}>{t("relations.merge")}</Button>}
      {merging !== null && <MergeDialog ticket={ticket} number={merging} onClose={() => setMerging(null)} />}
    </div>
  );
}

function Group({ ticket, side, relations }: { ticket: TicketView; side: Side; relations: RelationView[] }) {
  const word = useWord();
  if (relations.length === 0) return null;
  return (
    <section className={css.group} aria-label={word("relation", side)}>
      <h3>{word("relation", side)}{relations.length > 1 && <span className="num dim"> · {relations.length}</span>}</h3>
      <ul>{relations.map((relation) => <li key={relation.id}><TicketCard ticket={relation.ticket} end={side !== "parent" && side !== "child" && <Remove ticket={ticket} relation={relation} />} /></li>)}</ul>
    </section>
  );
}

function Remove({ ticket, relation }: { ticket: TicketView; relation: RelationView }) {
  const t = useT();
  const me = useMe();
  const undo = useUndo();
  const refuse = useRefusal();
  const { side } = relation;
  const again = useSend("addRelation", ["listRelations"], { onError: refuse });
  const remove = useSend("removeRelation", ["listRelations"], { onError: refuse, onSuccess: () => {
    if (side !== "parent" && side !== "child") undo(t("relations.removed"), () => again.mutate({ params: { id: ticket.id }, body: { side, number: relation.ticket.number } }));
  } });
  if (!may(me, "tickets.write")) return null;
  return <Tooltip label={t("relations.remove")}><ActionIcon size={26} variant="subtle" aria-label={`${t("relations.remove")}: ${relation.ticket.number}`} loading={remove.isPending} onClick={() => remove.mutate({ params: { id: ticket.id, relationId: relation.id } })}><IconX size={14} /></ActionIcon></Tooltip>;
}

function AddRelation({ ticket, onMerge }: { ticket: TicketView; onMerge: (number: string) => void }) {
  const t = useT();
  const word = useWord();
  const me = useMe();
  const [side, setSide] = useState<(typeof choices)[number]>("related");
  const [number, setNumber] = useState("");
  // Made anew it is empty again, ready for the next one.
  const [made, setMade] = useState(0);
  const add = useSend("addRelation", ["listRelations"], { onSuccess: () => { if (side !== "duplicate_of") setNumber(""); setMade(made + 1); } });
  const relate = (chosen: string) => { setNumber(chosen); add.mutate({ params: { id: ticket.id }, body: { side, number: chosen } }); };
  const wrong = fieldError(add.error, "number", "side");
  return (
    <section className={css.add} aria-label={t("relations.add")}>
      <Select label={t("relations.how")} data={choices.map((each) => ({ value: each, label: word("relation", each) }))} value={side} onChange={(value) => { setSide((value ?? "related") as typeof side); add.reset(); }} allowDeselect={false} />
      <PickTicket key={made} ticket={ticket} label={t("relations.other")} error={wrong} onType={() => { setNumber(""); if (add.error) add.reset(); }} onChoose={relate} />
      {!wrong && <ProblemNote error={add.error} />}
      {side === "duplicate_of" && number && may(me, "tickets.assign") && <div className="row wrap"><Button variant="subtle" onClick={() => onMerge(number)}>{t("relations.mergeInstead")}</Button></div>}
    </section>
  );
}

/** In the middle of a ticket that was merged: where it is now. */
export function MergedNote({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const { data } = useApi("listRelations", { params: { id: ticket.id } });
  const { undo, isPending } = useUndoMerge();
  const merge = data?.mergedInto;
  if (!merge) return null;
  return (
    <section className={css.note} role="status">
      <div className="row between wrap"><b className="row"><IconGitMerge size={16} aria-hidden />{t("relations.mergedInto")}</b><span className="small">{merge.by} · <Moment at={merge.at} /></span></div>
      <TicketCard ticket={merge.ticket} />
      {merge.undoUntil && <div className="row wrap"><Button size="compact-sm" variant="default" loading={isPending} onClick={() => undo(merge.id)}>{t("relations.undo")}</Button><span className="small">{t("relations.undoUntil")} <Moment at={merge.undoUntil} /></span></div>}
    </section>
  );
}
